/** What ends a run without being a failure of its code. These pass through user code. */
import { SluiceError } from "./errors.ts";
import type { State } from "./states.ts";

/** The server refused a state change and gave no other state to go on with. */
export class Abort extends SluiceError {
  constructor(reason: string | null | undefined) {
    super("aborted", reason ?? "The server aborted the state change.");
  }
}

/** The run is suspended: its process ends without a final state. */
export class FlowRunSuspended extends SluiceError {
  readonly state: State;

  constructor(state: State) {
    super("flow-run-suspended", "Flow run is suspended; it starts again when it is resumed.");
    this.state = state;
  }
}

/** The process is going down; runs that see this are Crashed. */
export class TerminationSignal extends SluiceError {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(
      "terminated",
      signal === "SIGINT"
        ? "Execution was aborted by an interrupt signal."
        : "Execution was aborted by a termination signal.",
    );
    this.signal = signal;
  }
}

export function isEngineSignal(error: unknown): boolean {
  return error instanceof FlowRunSuspended || error instanceof Abort || error instanceof TerminationSignal;
}
