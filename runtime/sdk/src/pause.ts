/** Pausing, suspending and resuming flow runs (protocol section 3.6). */
import { newRandomId } from "@sluice/schemas";
import { now, sleep } from "./clock.ts";
import { connect } from "./connection.ts";
import { currentContext } from "./context.ts";
import { proposeState } from "./engine/propose-state.ts";
import { FlowPauseTimeout, MissingContextError, SluiceError } from "./errors.ts";
import { Abort, FlowRunSuspended } from "./engine-signals.ts";
import { getRunLogger } from "./logging/run-logger.ts";
import { Paused, type State, Suspended } from "./states.ts";
import type { Transport } from "./transport/transport.ts";

export interface PauseOptions {
  /** Seconds after which the run fails if nobody has resumed it. Default 3600. */
  timeoutSeconds?: number;
  /** Seconds between looks at the run. Default 10. */
  pollIntervalSeconds?: number;
  /** Names the pause: a run that was resumed from a pause of this name doesn't pause there again. Default: a counter. */
  key?: string;
}

/**
 * Pauses the current flow run; resolves when somebody has resumed it. Its process goes on living.
 *
 * @throws FlowPauseTimeout when nobody does in time
 * @throws MissingContextError outside of flows
 */
export async function pauseFlowRun(options: PauseOptions = {}): Promise<void> {
  const { flow } = currentContext();
  if (!flow) throw new MissingContextError("Flow runs can only be paused from within a flow run.");
  const { timeoutSeconds = 3600, pollIntervalSeconds = 10 } = options;
  const logger = getRunLogger();
  logger.info("Pausing flow, execution will continue when this flow run is resumed.");
  const paused = Paused({ timeoutSeconds, pauseKey: options.key ?? flow.nextPauseKey() });
  const { transport, flowRun, interruption } = flow;
  const state = await proposePause(transport, flowRun.id, paused, "paused");
  // Refused while running: the run was resumed from this very pause before.
  if (state.isRunning()) return;
  const deadline = now() / 1_000_000 + timeoutSeconds;
  let wait = Math.min(timeoutSeconds / 2, pollIntervalSeconds);
  for (;;) {
    const left = deadline - now() / 1_000_000;
    await sleep(Math.min(wait, Math.max(0, left)), interruption.signal);
    const run = await transport.readFlowRun(flowRun.id);
    if (run.state_type === "RUNNING") {
      logger.info("Resuming flow run execution!");
      return;
    }
    if (left <= 0) throw new FlowPauseTimeout();
    wait = pollIntervalSeconds;
  }
}

export interface SuspendOptions {
  /** The run to suspend. Default: the current one, which ends this process's work on it. */
  flowRunId?: string;
  /** Seconds after which the run fails if nobody has resumed it. Default: none. */
  timeoutSeconds?: number | null;
  /** Names the suspension: a run that was resumed from one of this name doesn't suspend there again. */
  key?: string;
}

/**
 * Suspends a flow run of a deployment: its process ends, and it is started anew when it is resumed. Suspending the
 * current run throws {@link FlowRunSuspended} through the flow's code.
 *
 * @throws MissingContextError outside of flows when no run is named, and in tasks
 */
export async function suspendFlowRun(options: SuspendOptions = {}): Promise<void> {
  const { flow, task } = currentContext();
  const isOwn = options.flowRunId === undefined || options.flowRunId === flow?.flowRun.id;
  if (isOwn && task) throw new MissingContextError("Cannot suspend task runs.");
  if (isOwn && !flow) {
    throw new MissingContextError("Flow runs can only be suspended from within a flow run.");
  }
  const flowRunId = options.flowRunId ?? flow?.flowRun.id ?? "";
  if (isOwn) {
    getRunLogger().info("Suspending flow run, execution will be rescheduled when this flow run is resumed.");
  }
  const pauseKey = options.key ?? (isOwn ? flow?.nextPauseKey() : undefined) ?? newRandomId();
  const suspended = Suspended({ timeoutSeconds: options.timeoutSeconds ?? null, pauseKey });
  const transport = flow?.transport ?? (await connect());
  const state = await proposePause(transport, flowRunId, suspended, "suspended");
  if (state.isRunning() || !isOwn || !flow) return;
  flow.suspension = new FlowRunSuspended(state);
  throw flow.suspension;
}

/**
 * Resumes a paused or suspended flow run.
 * @throws SluiceError when the run isn't paused or refuses `runInput`
 */
export async function resumeFlowRun(flowRunId: string, runInput?: Record<string, unknown>): Promise<void> {
  const transport = await connect();
  const verdict = await transport.resumeFlowRun(flowRunId, runInput);
  if (verdict.status === "ACCEPT") return;
  const reason = "reason" in verdict.details ? verdict.details.reason : null;
  throw new SluiceError(
    "not-resumable",
    `Flow run ${flowRunId} cannot be resumed: ${reason ?? verdict.status}`,
  );
}

async function proposePause(
  transport: Transport,
  flowRunId: string,
  proposed: State,
  what: "paused" | "suspended",
): Promise<State> {
  const state = await proposeState({ transport, flowRunId, state: proposed }).catch((error: unknown) => {
    if (!(error instanceof Abort)) throw error;
    throw new SluiceError("not-pausable", `Flow run cannot be ${what}: ${error.message}`, { cause: error });
  });
  if (state.isPaused() || state.isRunning()) return state;
  throw new SluiceError(
    "not-pausable",
    `Flow run cannot be ${what}. Received unexpected state from API: ${state.toString()}`,
  );
}
