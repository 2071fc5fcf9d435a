/** Proposing a flow run's state to the server and obeying its verdict (protocol section 3.2). */
import { newRandomId } from "@sluice/schemas";
import { now, sleep } from "../clock.ts";
import { Abort, FlowRunSuspended } from "../engine-signals.ts";
import { type State, stateFromWire, stateToWire } from "../states.ts";
import type { Transport } from "../transport/transport.ts";

export interface Proposal {
  readonly transport: Transport;
  readonly flowRunId: string;
  readonly state: State;
  /** Skips most rules: for what has happened already. */
  readonly force?: boolean;
  /** Ends a wait that the server asked for. */
  readonly signal?: AbortSignal;
  /** The execution that proposes, so that the server can refuse one that was replaced. */
  readonly execution?: Execution;
}

/** One process's execution of a flow run. The server numbers it when it accepts its first state. */
export interface Execution {
  attempt: number | null;
}

/** Seconds between looks at a run that was paused by somebody else. */
const PAUSE_POLL_SECONDS = 10;

/**
 * The state that the run is in afterwards: the proposed one, stamped by the server, or the one it puts in its place.
 * Waits when told to wait, and while the run is paused.
 *
 * @throws Abort when the server refuses and there is nothing to go on with
 * @throws FlowRunSuspended when the run is suspended
 */
export async function proposeState(proposal: Proposal): Promise<State> {
  const { transport, flowRunId, state, signal, execution } = proposal;
  for (;;) {
    const transitionId = newRandomId();
    const wire = stateToWire(state, { transition_id: transitionId, flow_run_id: flowRunId });
    const verdict = await transport.setFlowRunState(flowRunId, wire, {
      force: proposal.force ?? false,
      attempt: execution?.attempt ?? null,
    });
    switch (verdict.status) {
      case "ACCEPT":
        if (execution) execution.attempt = verdict.attempt ?? null;
        return stamped(state, stateFromWire(verdict.state));
      case "WAIT":
        await sleep(verdict.details.delay_seconds, signal);
        break;
      case "ABORT":
        throw new Abort(verdict.details.reason);
      case "REJECT": {
        // Ours already, when it was sent twice because the first answer was lost.
        const isOurs = verdict.state.state_details?.transition_id === transitionId;
        if (execution && isOurs) execution.attempt = verdict.attempt ?? null;
        const current = stateFromWire(verdict.state);
        if (isOurs && current.type === state.type && !current.isPaused()) return stamped(state, current);
        if (!current.isPaused()) return current;
        if (current.details.pause_reschedule) throw new FlowRunSuspended(current);
        await untilResumed(transport, flowRunId, current, signal);
        break;
      }
      default:
        return unknownVerdict(verdict);
    }
  }
}

/** The proposed state keeps its value and takes over what the server has made of it. */
function stamped(proposed: State, accepted: State): State {
  proposed.id = accepted.id;
  proposed.timestampMicros = accepted.timestampMicros;
  proposed.details = accepted.details;
  return proposed;
}

async function untilResumed(
  transport: Transport,
  flowRunId: string,
  paused: State,
  signal: AbortSignal | undefined,
): Promise<void> {
  const timeout = paused.stateDetails.pauseTimeout;
  for (;;) {
    const left = timeout === null ? Number.POSITIVE_INFINITY : timeout.getTime() - now() / 1000;
    // Past its timeout the next proposal makes the server fail the run.
    if (left <= 0) return;
    await sleep(Math.min(PAUSE_POLL_SECONDS, left / 1000), signal);
    const run = await transport.readFlowRun(flowRunId);
    if (run.state_type !== "PAUSED") return;
  }
}

function unknownVerdict(verdict: never): never {
  throw new Abort(`The server answered with an unknown verdict: ${JSON.stringify(verdict)}`);
}
