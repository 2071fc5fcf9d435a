/**
 * One attempt of a flow run: what tasks and nested flows started in it share.
 *
 * 1. A scope belongs to one attempt; a retry gets a new one.
 * 2. Once closed or told to stop, nothing starts in it any more.
 * 3. Keys of nested flows are given in the order of the calls, so that a retry finds the same children.
 */
import { FlowRunEndedError } from "./errors.ts";
import type { FlowRun } from "./flow-run.ts";
import type { RunFuture } from "./futures.ts";
import type { Interruption } from "./interruption.ts";
import type { TaskRunner } from "./runners/task-runner.ts";
import type { State } from "./states.ts";
import type { Transport } from "./transport/transport.ts";
import type { EventLabels, TaskRunInput } from "./transport/wire.ts";

export interface FlowScopeInit {
  readonly flowName: string;
  readonly flowVersion: string | null;
  readonly flowRun: FlowRun;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly transport: Transport;
  readonly runner: TaskRunner;
  readonly interruption: Interruption;
  readonly ancestry: Ancestry;
  readonly related: EventLabels[];
  /** The attempt around this one, when the run is nested in another one of this process. */
  readonly parent: FlowScope | null;
}

/** Where a flow run hangs in the tree of runs, which may reach over several processes. */
export interface Ancestry {
  readonly parentFlowRunId: string | null;
  readonly parentDeploymentId: string | null;
  readonly rootFlowRunId: string;
}

/** A run that can be ended from outside when its process goes down. */
export interface CrashableRun {
  crash(error: Error): Promise<void>;
}

export class FlowScope {
  readonly flowName: string;
  readonly flowVersion: string | null;
  readonly flowRun: FlowRun;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly transport: Transport;
  readonly runner: TaskRunner;
  readonly interruption: Interruption;
  readonly ancestry: Ancestry;
  readonly parent: FlowScope | null;
  /** The run itself, its flow, deployment, queue, pool and tags, for the events of its tasks. */
  readonly related: EventLabels[];
  /** Runs under way, with what ends them when the process goes down. */
  readonly active = new Map<RunFuture<unknown>, CrashableRun>();
  readonly #origins = new WeakMap<object, TaskRunInput>();
  readonly #nestedRuns = new Map<string, number>();
  #pauses = 0;
  #isClosed = false;
  /** Set when the run is suspended from outside; what starts next throws it. */
  suspension: Error | null = null;

  constructor(init: FlowScopeInit) {
    this.flowName = init.flowName;
    this.flowVersion = init.flowVersion;
    this.flowRun = init.flowRun;
    this.parameters = init.parameters;
    this.transport = init.transport;
    this.runner = init.runner;
    this.interruption = init.interruption;
    this.ancestry = init.ancestry;
    this.parent = init.parent;
    this.related = init.related;
  }

  get state(): State {
    return this.flowRun.state;
  }

  /** @throws FlowRunEndedError when the attempt is over, FlowRunSuspended when the run is suspended */
  assertOpen(what: string): void {
    if (this.suspension) throw this.suspension;
    if (this.#isClosed || this.interruption.isAborted) throw new FlowRunEndedError(what, this.flowRun.name);
  }

  close(): void {
    this.#isClosed = true;
  }

  track(future: RunFuture<unknown>, run: CrashableRun): void {
    this.active.set(future, run);
  }

  untrack(future: RunFuture<unknown>): void {
    this.active.delete(future);
  }

  /** Resolves when nothing that was started in this attempt is under way any more. */
  async settled(): Promise<void> {
    for (;;) {
      const unsettled = [...this.active.keys()].filter((future) => !future.isSettled);
      if (unsettled.length === 0) return;
      await Promise.all(unsettled.map((future) => future.wait()));
    }
  }

  /** Remembers which run an object came from, so that passing it on records the edge. */
  linkResult(value: unknown, origin: TaskRunInput): void {
    if (typeof value !== "object" || value === null) return;
    this.#origins.set(value, origin);
    // Elements one level down are remembered too; past this many a list is data, not a bundle of results.
    if (!Array.isArray(value) || value.length > 1000) return;
    for (const item of value) {
      if (typeof item === "object" && item !== null) this.#origins.set(item, origin);
    }
  }

  originOf(value: object): TaskRunInput | undefined {
    return this.#origins.get(value);
  }

  /** The how-manieth nested run of this key it is, from 0. */
  nextNestedKey(taskKey: string): number {
    const count = this.#nestedRuns.get(taskKey) ?? 0;
    this.#nestedRuns.set(taskKey, count + 1);
    return count;
  }

  /** The how-manieth pause it is, from 1. */
  nextPauseKey(): string {
    this.#pauses += 1;
    return String(this.#pauses);
  }
}
