/**
 * Several server processes on one PostgreSQL, all wanting the same runs and the same slots: row locks have to do there
 * what one writer does on SQLite. The simulation explores orders of events; this explores real concurrency.
 */
import {
  addSeconds,
  DEFAULT_FLOW_RUN_POLICY,
  DEFAULT_TASK_RUN_POLICY,
  DEFAULT_WORKSPACE_ID,
  type FlowRunCreate,
  type FlowRunId,
  newId,
  newRandomId,
  type StateType,
  timestampFromMilliseconds,
} from "@sluice/schemas";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { ANONYMOUS } from "../../server/access/actor.ts";
import type { CommandContext } from "../../server/commands/context.ts";
import { createFlowRun } from "../../server/commands/create-flow-run.ts";
import { createTaskRun } from "../../server/commands/create-task-run.ts";
import { RunWriter } from "../../server/commands/run-writer.ts";
import { SecretBox } from "../../server/commands/secret-box.ts";
import { setFlowRunState } from "../../server/commands/set-flow-run-state.ts";
import { setTaskRunState } from "../../server/commands/set-task-run-state.ts";
import { newState } from "../../server/orchestration/states.ts";
import type { SqlStore } from "../../server/store-sql/sql-store.ts";
import { openPostgresStore } from "../../server/store-postgres/postgres-store.ts";
import { aFlow, aLimit } from "../../server/store/suite/fixtures.ts";
import { requestPostgres } from "../databases/postgres.ts";
import { expectedColumns, isForbidden } from "../simulation/expectations.ts";
import { Random } from "../simulation/random.ts";

const PROCESSES = 4;
const CLIENTS_PER_PROCESS = 8;
const RUNS = 30;
const PROPOSALS_PER_CLIENT = 25;
const SLOTS = 3;

const CALLER = {
  workspace_id: DEFAULT_WORKSPACE_ID,
  actor: ANONYMOUS,
  client_version: "3.8.8",
  attempt: null,
};

const postgres = await requestPostgres();

describe.skipIf(postgres === null)("several processes on one PostgreSQL", () => {
  test("give each run to one, no slot twice, and keep rows and histories together", {
    timeout: 120_000,
  }, async () => {
    if (postgres === null) throw new Error("Skipped without PostgreSQL.");
    await using database = await postgres.createDatabase();
    await using processes = await startProcesses(database.url);
    await using inspector = await connect(database.url);
    const [first] = processes.contexts;
    if (!first) throw new Error("No process has started.");
    const { runs, limitId } = await prepare(first, inspector.client);

    const seed = Date.now() % 1_000_000;
    const watcher = watchSlots(inspector.client, limitId);
    await Promise.all(
      processes.contexts.flatMap((context, process) =>
        Array.from({ length: CLIENTS_PER_PROCESS }, (_, client) =>
          contend(context, new Random(seed + process * 1000 + client), runs),
        ),
      ),
    );

    expect(await watcher.stop(), `seed ${seed}`).toBeLessThanOrEqual(SLOTS);
    const { reads } = first.store;
    for (const id of runs) {
      const run = await reads.flowRuns.read(DEFAULT_WORKSPACE_ID, id);
      const history = await reads.states.listFlowRunStates(DEFAULT_WORKSPACE_ID, id);
      expect(run?.state?.id).toBe(history.at(-1)?.id);
      const { mostRuns: _most, fewestRuns: _fewest, ...columns } = expectedColumns(history);
      expect(run).toMatchObject(columns);
      const forbidden = history.filter((state, index) =>
        isForbidden(history[index - 1] ?? null, state, true),
      );
      expect(forbidden).toEqual([]);
    }
    const told = await inspector.client.query("SELECT count(*)::int AS events FROM outbox");
    const written = await inspector.client.query("SELECT count(*)::int AS states FROM flow_run_state");
    expect(told.rows[0]).toEqual({ events: (written.rows[0] as { states: number }).states });
  });
});

/** Proposes states to runs that all others want too; whatever the answer, the server may not fail. */
async function contend(context: CommandContext, random: Random, runs: readonly FlowRunId[]): Promise<void> {
  const types: readonly (readonly [number, StateType])[] = [
    [5, "PENDING"],
    [5, "RUNNING"],
    [2, "COMPLETED"],
    [2, "FAILED"],
    [1, "CANCELLING"],
    [1, "CANCELLED"],
    [3, "SCHEDULED"],
    [1, "PAUSED"],
  ];
  const parent = random.pick(runs);
  const { run: taskRun } = await createTaskRun(context, CALLER, {
    id: null,
    state: null,
    name: null,
    flow_run_id: parent,
    task_key: "call",
    dynamic_key: newRandomId(),
    cache_key: null,
    cache_expiration: null,
    task_version: null,
    empirical_policy: DEFAULT_TASK_RUN_POLICY,
    tags: [],
    labels: {},
    task_inputs: {},
  });
  for (let count = 0; count < PROPOSALS_PER_CLIENT; count += 1) {
    const transition_id = newRandomId<"transition">();
    const state = newState(random.weighted(types), { state_details: { transition_id } });
    await setFlowRunState(context, CALLER, random.pick(runs), { state, force: false });
    if (count % 5 === 0) {
      const ofTask = { state: newState(random.pick(["RUNNING", "FAILED"])), force: true };
      await setTaskRunState(context, CALLER, taskRun.id, ofTask);
    }
  }
}

async function prepare(context: CommandContext, client: pg.Client) {
  const limit = aLimit({ limit: SLOTS });
  const deploymentId = newId<"deployment">();
  const { flow } = await context.store.transaction(async (tx) => {
    await tx.concurrencyLimits.create(limit);
    return await tx.flows.create(aFlow());
  });
  // Written by hand: no command makes deployments.
  await client.query(
    `INSERT INTO deployment (id, workspace_id, created, updated, name, flow_id, infra_overrides, status, paused,
      concurrency_limit_id, concurrency_options, tags, labels, parameters, enforce_parameter_schema)
    VALUES ($1, $2, 0, 0, 'limited', $3, '{}', 'NOT_READY', false, $4, '{"collision_strategy": "ENQUEUE"}',
      '[]', '{}', '{}', false)`,
    [deploymentId, DEFAULT_WORKSPACE_ID, flow.id, limit.id],
  );
  const runs: FlowRunId[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const body: FlowRunCreate = {
      state: newState("SCHEDULED", { state_details: { scheduled_time: addSeconds(context.now(), -10) } }),
      name: null,
      flow_id: flow.id,
      flow_version: null,
      parameters: {},
      context: {},
      parent_task_run_id: null,
      infrastructure_document_id: null,
      empirical_policy: { ...DEFAULT_FLOW_RUN_POLICY, retries: 2, retry_delay: 0 },
      tags: [],
      labels: {},
      idempotency_key: null,
      work_pool_name: null,
      work_queue_name: null,
      job_variables: null,
      deployment_id: deploymentId,
    };
    runs.push((await createFlowRun(context, CALLER, body)).run.id);
  }
  return { runs, limitId: limit.id };
}

/** The most slots that anybody could ever see taken. */
function watchSlots(client: pg.Client, limitId: string) {
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { rows } = await client.query(
        `SELECT coalesce(sum(slots), 0)::int AS taken FROM concurrency_lease
        WHERE id IN (SELECT lease_id FROM concurrency_lease_limit WHERE limit_id = $1)`,
        [limitId],
      );
      most = Math.max(most, (rows[0] as { taken: number }).taken);
    }
  })();
  return {
    async stop(): Promise<number> {
      isOver = true;
      await watching;
      return most;
    },
  };
}

async function startProcesses(url: string) {
  const now = () => timestampFromMilliseconds(performance.timeOrigin + performance.now());
  const stores: SqlStore[] = [];
  for (let index = 0; index < PROCESSES; index += 1)
    stores.push(await openPostgresStore({ url, connections: 4 }));
  const contexts = stores.map((store): CommandContext => {
    const random = Math.random;
    const secrets = () => Promise.resolve(new SecretBox("a key for tests alone"));
    return { store, now, random, secrets, runs: new RunWriter({ store, now, random }) };
  });
  return {
    contexts,
    async [Symbol.asyncDispose]() {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
}

async function connect(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
