/** What the clients of one schedule share: servers that come and go, a clock that jumps, runs that others made. */
import {
  addSeconds,
  type ConcurrencyLimitId,
  DEFAULT_WORKSPACE_ID,
  type DeploymentId,
  type FlowId,
  type FlowRunId,
  type TaskRunId,
  type Timestamp,
} from "@sluice/schemas";
import { ANONYMOUS } from "../../server/access/actor.ts";
import type { Caller } from "../../server/commands/caller.ts";
import type { CommandContext } from "../../server/commands/context.ts";
import { StoreUnavailableError } from "../../server/store/errors.ts";
import { type OvertakenLimit, SimulationDatabase } from "./database.ts";
import { Journal } from "./journal.ts";
import { AnswerLost, ServerProcess } from "./process.ts";
import type { Random } from "./random.ts";
import { type GateOwner, Scheduler } from "./scheduler.ts";
import { simulatedStore } from "./simulated-store.ts";

/** How cruel a schedule is; drawn once for each, so that some are calm. */
export interface Hazards {
  readonly kill: number;
  readonly jump: number;
  readonly unavailable: number;
  readonly duplicate: number;
}

/** Something that a schedule may not do; the message says which promise was broken. */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
}

export function require(holds: boolean, promise: string, facts: object = {}): asserts holds {
  if (!holds) throw new BrokenInvariant(`${promise}: ${JSON.stringify(facts)}`);
}

/** Clients outlive servers. */
const CLIENTS: GateOwner = { isDead: false };
const TRIES = 6;

export class World {
  readonly random: Random;
  readonly database: SimulationDatabase;
  readonly journal = new Journal();
  readonly scheduler: Scheduler;
  readonly hazards: Hazards;
  /** Runs that any client knows of. */
  readonly runIds: FlowRunId[] = [];
  readonly taskRunIds: TaskRunId[] = [];
  readonly flowId: FlowId;
  readonly deploymentIds: readonly DeploymentId[];
  readonly tag: string;
  /** Limits of which more slots were taken than there are, at any commit. */
  readonly overtakenLimits: OvertakenLimit[] = [];
  kills = 0;
  readonly #limitIds: readonly ConcurrencyLimitId[];
  #processes: ServerProcess[];
  #now: Timestamp = SimulationDatabase.START;

  static async make(random: Random, database: SimulationDatabase): Promise<World> {
    const now = SimulationDatabase.START;
    const flowId = await database.addFlow(now);
    const tag = `tag-${flowId}`;
    const tagLimitId = await database.addLimit(now, `tag:${tag}`, random.between(1, 2));
    const limitId = await database.addLimit(now, `deployment:${flowId}`, random.between(1, 2));
    const strategy = random.pick(["ENQUEUE", "CANCEL_NEW"] as const);
    const limited = database.addDeployment(now, flowId, limitId, strategy);
    const unlimited = database.addDeployment(now, flowId, null, strategy);
    const deploymentIds = [limited, limited, unlimited];
    return new World(random, database, { flowId, tag, deploymentIds }, [tagLimitId, limitId]);
  }

  private constructor(
    random: Random,
    database: SimulationDatabase,
    made: Pick<World, "flowId" | "tag" | "deploymentIds">,
    limitIds: readonly ConcurrencyLimitId[],
  ) {
    this.#limitIds = limitIds;
    this.random = random;
    this.database = database;
    this.flowId = made.flowId;
    this.tag = made.tag;
    this.deploymentIds = made.deploymentIds;
    this.hazards = {
      kill: random.pick([0, 0.005, 0.02]),
      jump: random.pick([0, 0.01, 0.05]),
      unavailable: random.pick([0, 0, 0.05]),
      duplicate: random.pick([0, 0.1, 0.4]),
    };
    this.scheduler = new Scheduler(random, () => this.#passTime());
    this.#processes = [this.#startProcess(), this.#startProcess()];
  }

  get now(): Timestamp {
    return this.#now;
  }

  /** Lets the clock run on, as it does while a client sleeps. */
  advance(seconds: number): void {
    this.#now = addSeconds(this.#now, seconds);
  }

  /** A client thinks: others may go first. */
  think(): Promise<void> {
    return this.scheduler.pass(CLIENTS);
  }

  caller(attempt: number | null = null, client_version: string | null = "3.8.8"): Caller {
    return { workspace_id: DEFAULT_WORKSPACE_ID, actor: ANONYMOUS, client_version, attempt };
  }

  /**
   * Sends one request to some server, again and again when the answer is lost or the database is away, as an HTTP
   * client does. Null: it gave up, and does not know whether anything was done.
   */
  async send<Answer>(command: (context: CommandContext) => Promise<Answer>): Promise<Answer | null> {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      await this.think();
      try {
        return await this.random.pick(this.#processes).call(command);
      } catch (error) {
        if (!(error instanceof AnswerLost) && !(error instanceof StoreUnavailableError)) throw error;
      }
      if (this.random.chance(0.1)) return null;
    }
    return null;
  }

  /** Leaves the database as it was found, so that no schedule depends on the ones before it. */
  async clear(): Promise<void> {
    await this.database.store.transaction(async (tx) => {
      await tx.flows.delete(DEFAULT_WORKSPACE_ID, [this.flowId]);
      await tx.taskRuns.delete(DEFAULT_WORKSPACE_ID, this.journal.createdTaskRuns);
      for (const id of this.#limitIds) await tx.concurrencyLimits.delete(DEFAULT_WORKSPACE_ID, id);
    });
  }

  #passTime(): void {
    const { random, hazards } = this;
    this.#now = (this.#now + random.below(50_000)) as Timestamp;
    if (random.chance(hazards.jump)) {
      this.advance(random.pick([-3600, -5, -0.001, 1, 20, 70, 400, 7200]));
    }
    if (random.chance(hazards.kill)) {
      const index = random.below(this.#processes.length);
      this.#processes[index]?.kill();
      this.#processes[index] = this.#startProcess();
      this.kills += 1;
    }
  }

  #startProcess(): ServerProcess {
    return new ServerProcess({
      now: () => this.#now,
      random: this.random.next,
      storeFor: (owner) =>
        simulatedStore(this.database.store, owner, this.scheduler, {
          isUnavailable: () => this.random.chance(this.hazards.unavailable),
          beforeCommit: () => this.#checkLimits(),
        }),
    });
  }

  /** Notes it for the end: a batch that fails is tried again call by call, which would hide what was wrong. */
  #checkLimits(): void {
    this.overtakenLimits.push(...this.database.overtakenLimits(this.#now));
  }
}
