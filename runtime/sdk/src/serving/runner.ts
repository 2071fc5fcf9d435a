/**
 * Runs the flow runs of some deployments on this machine, as long as it is told to.
 *
 * 1. Scheduled runs belong to nobody: a run is this runner's once the server has accepted its PENDING.
 * 2. A run that waits for room is left at the server, where others may take it.
 * 3. Each run has a process of its own. When that is gone and the run isn't over, the run is reported Crashed, or Cancelled
 *    if it was being cancelled.
 */
import { hostname } from "node:os";
import { formatTimestamp, parseTimestamp, type Timestamp } from "@sluice/schemas";
import { now } from "../clock.ts";
import { proposeState } from "../engine/propose-state.ts";
import { Abort } from "../engine-signals.ts";
import { describeError } from "../errors.ts";
import { writeTerminalLine } from "../logging/terminal.ts";
import { Cancelled, Crashed, Pending, type State, stateToWire } from "../states.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlowRunResponse } from "../transport/wire.ts";
import { WakeUp } from "../wake-up.ts";
import { FlowRunProcess, type ProcessEnd } from "./flow-run-process.ts";

export interface RunnerInit {
  readonly transport: Transport;
  /** Names of the deployments by their ids. */
  readonly deployments: ReadonlyMap<string, string>;
  /** How many runs go on at once. */
  readonly limit: number;
  readonly pollIntervalSeconds: number;
  /** Seconds that a cancelled run's code has to end by itself. */
  readonly graceSeconds: number;
}

/** Runs that are due this soon are looked at ahead, and started when they are due. */
const PREFETCH_SECONDS = 10;
const MICROS = 1_000_000;

export class Runner {
  readonly #init: RunnerInit;
  readonly #wakeUp = new WakeUp();
  readonly #taken = new Map<string, Promise<unknown>>();
  readonly #processes = new Map<string, FlowRunProcess>();
  #stopWatching: () => void = () => {};

  constructor(init: RunnerInit) {
    this.#init = init;
  }

  /** Takes runs until the signal aborts. Runs under way go on; see {@link settled} and {@link terminate}. */
  async run(signal: AbortSignal): Promise<void> {
    this.#stopWatching = this.#watch();
    while (!signal.aborted) {
      this.#wakeUp.reset();
      const seconds = await this.#look(signal);
      await this.#wakeUp.wait(seconds, signal).catch(() => {});
    }
  }

  /** How many runs are under way. */
  get size(): number {
    return this.#taken.size;
  }

  /** Resolves when no run is under way any more. Until then runs can be cancelled. */
  async settled(): Promise<void> {
    await Promise.all(this.#taken.values());
    this.#stopWatching();
  }

  /** Ends the processes of all runs; the runs are reported Crashed. */
  terminate(): void {
    for (const process of this.#processes.values()) process.terminate();
  }

  #watch(): () => void {
    const ids = Array.from(this.#init.deployments.keys(), (id) => `prefect.deployment.${id}`);
    const filter = { event: { prefix: ["prefect.flow-run."] }, related: { id: ids } };
    return this.#init.transport.watchEvents(filter, ({ resource }) => {
      const id = String(resource["prefect.resource.id"]).replace(/^prefect\.flow-run\./, "");
      const type = resource["prefect.state-type"];
      if (type === "SCHEDULED") this.#wakeUp.call();
      else if (type === "CANCELLING" || type === "CANCELLED") this.#processes.get(id)?.cancel();
    });
  }

  /** Starts what is due and there is room for; gives the seconds until the next look. */
  async #look(signal: AbortSignal): Promise<number> {
    const { pollIntervalSeconds, limit } = this.#init;
    try {
      await this.#cancelByState();
      const due = await this.#scheduledRuns();
      if (signal.aborted) return 0;
      let nextSeconds = pollIntervalSeconds;
      for (const run of due) {
        const seconds = secondsUntilStart(run);
        if (seconds > 0) nextSeconds = Math.min(nextSeconds, seconds);
        else if (this.#taken.size < limit && !this.#taken.has(run.id)) this.#take(run);
      }
      return nextSeconds;
    } catch (error) {
      writeTerminalLine(`Could not look for flow runs: ${describeError(error)}`);
      return pollIntervalSeconds;
    }
  }

  #scheduledRuns(): Promise<FlowRunResponse[]> {
    const before = (now() + PREFETCH_SECONDS * MICROS) as Timestamp;
    return this.#init.transport.deployments.scheduledFlowRuns({
      deployment_ids: [...this.#init.deployments.keys()],
      scheduled_before: formatTimestamp(before),
    });
  }

  /** For events that were missed, and servers that send none. */
  async #cancelByState(): Promise<void> {
    const ids = [...this.#processes.keys()];
    if (ids.length === 0) return;
    const cancelled = await this.#init.transport.filterFlowRuns({
      flow_runs: { id: { any_: ids }, state: { type: { any_: ["CANCELLING", "CANCELLED"] } } },
    });
    for (const { id } of cancelled) this.#processes.get(id)?.cancel();
  }

  #take(run: FlowRunResponse): void {
    const execution = this.#execute(run)
      .catch((error: unknown) =>
        writeTerminalLine(`Flow run '${run.name}' could not be executed: ${describeError(error)}`),
      )
      .finally(() => this.#taken.delete(run.id));
    this.#taken.set(run.id, execution);
  }

  async #execute(run: FlowRunResponse): Promise<void> {
    const { transport, deployments, graceSeconds } = this.#init;
    if (!(await this.#claim(run))) return;
    const process = new FlowRunProcess({
      flowRunId: run.id,
      deploymentName: deployments.get(run.deployment_id ?? "") ?? "",
      graceSeconds,
    });
    this.#processes.set(run.id, process);
    try {
      const [end] = await Promise.all([
        process.ended.catch((error: unknown) => notStarted(error)),
        transport.updateFlowRun(run.id, { infrastructure_pid: `${hostname()}:${process.pid}` }),
      ]);
      await this.#reportEnd(run, end);
    } finally {
      this.#processes.delete(run.id);
      // There is room again. Not so when the server has refused the run: it may go on to list it.
      setImmediate(() => this.#wakeUp.call());
    }
  }

  /** False when another program was faster, or the server wants the run to wait. */
  async #claim(run: FlowRunResponse): Promise<boolean> {
    const { transport } = this.#init;
    try {
      const state = await proposeState({ transport, flowRunId: run.id, state: Pending() });
      return state.isPending();
    } catch (error) {
      if (error instanceof Abort) return false;
      throw error;
    }
  }

  async #reportEnd(run: FlowRunResponse, end: ProcessEnd | NotStarted): Promise<void> {
    const { transport } = this.#init;
    const { state_type: type } = await transport.readFlowRun(run.id);
    const state = stateAfterEnd(type, end);
    if (!state) return;
    writeTerminalLine(`Flow run '${run.name}': ${state.message}`);
    await transport.setFlowRunState(run.id, stateToWire(state), { force: state.isCancelled() });
  }
}

interface NotStarted {
  readonly error: unknown;
}

function notStarted(error: unknown): NotStarted {
  return { error };
}

/** The state that a run gets whose process is gone; null when its process has said how it ended. */
function stateAfterEnd(type: FlowRunResponse["state_type"], end: ProcessEnd | NotStarted): State | null {
  if (type === "CANCELLING") return Cancelled({ message: "Flow run was cancelled." });
  if (type !== "RUNNING" && type !== "PENDING") return null;
  return Crashed({ message: describeEnd(end) });
}

function describeEnd(end: ProcessEnd | NotStarted): string {
  if ("error" in end) return `The process of the flow run could not be started: ${describeError(end.error)}`;
  if (end.signal === "SIGKILL") {
    return "The process of the flow run was ended by SIGKILL: the machine ran out of memory, or somebody ended it.";
  }
  if (end.signal) return `The process of the flow run was ended by ${end.signal}.`;
  return `The process of the flow run ended with exit code ${end.code} before the run was over.`;
}

function secondsUntilStart(run: FlowRunResponse): number {
  const moment = run.next_scheduled_start_time ?? run.expected_start_time;
  const start = moment === null ? null : parseTimestamp(moment);
  return start === null ? 0 : (start - now()) / MICROS;
}
