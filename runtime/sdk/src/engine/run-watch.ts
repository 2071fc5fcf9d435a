/**
 * Looks at a flow run from time to time, since people and automations may cancel or suspend it while its code runs.
 */
import { CancelledRun } from "../errors.ts";
import { FlowRunSuspended } from "../engine-signals.ts";
import { stateFromWire } from "../states.ts";
import type { Transport } from "../transport/transport.ts";

/** Seconds between two looks. */
const POLL_SECONDS = 10;

const watches = new Set<() => void>();

/** Looks at the process's flow runs at once: somebody says that one is to stop. */
export function lookAtRuns(): void {
  for (const look of watches) look();
}

/** Calls `onStop` once when the run is to stop; never keeps the process alive. */
export function watchRun(
  transport: Transport,
  flowRunId: string,
  onStop: (reason: CancelledRun | FlowRunSuspended) => void,
): { stop(): void } {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const reason = await reasonToStop(transport, flowRunId);
    if (isStopped) return;
    clearTimeout(timer);
    if (!reason) return schedule();
    watches.delete(lookNow);
    isStopped = true;
    onStop(reason);
  };
  const lookNow = () => {
    clearTimeout(timer);
    void look();
  };
  const schedule = () => {
    timer = setTimeout(() => void look(), POLL_SECONDS * 1000);
    timer.unref();
  };
  watches.add(lookNow);
  schedule();
  return {
    stop() {
      isStopped = true;
      watches.delete(lookNow);
      clearTimeout(timer);
    },
  };
}

async function reasonToStop(
  transport: Transport,
  flowRunId: string,
): Promise<CancelledRun | FlowRunSuspended | null> {
  try {
    const { state } = await transport.readFlowRun(flowRunId);
    if (!state) return null;
    if (state.type === "CANCELLING" || state.type === "CANCELLED") {
      return new CancelledRun(state.message ?? "Flow run was cancelled.");
    }
    if (state.type === "PAUSED" && state.state_details.pause_reschedule) {
      return new FlowRunSuspended(stateFromWire(state));
    }
    return null;
  } catch {
    // The server is away; whether the run may end well is asked again when it proposes a state.
    return null;
  }
}
