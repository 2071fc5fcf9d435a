/** Errors that the SDK throws. Decide by class or `code`, never by text. */
import type { StateType } from "@sluice/schemas";

/** Root of the SDK's own errors. */
export class SluiceError extends Error {
  /** Stable; text may change. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A run was asked for something that only exists inside of a flow or task run. */
export class MissingContextError extends SluiceError {
  constructor(message: string) {
    super("missing-context", message);
  }
}

/** A flow or task was declared wrongly. */
export class DefinitionError extends SluiceError {
  constructor(message: string) {
    super("bad-definition", message);
  }
}

/** A flow was called with parameters that its schema refuses. */
export class ParameterTypeError extends SluiceError {
  readonly issues: readonly { readonly message: string; readonly path: string }[];

  constructor(flowName: string, issues: readonly { readonly message: string; readonly path: string }[]) {
    const lines = issues.map(({ path, message }) => ` - ${path || "(parameters)"}: ${message}`);
    super("bad-parameters", `Flow run received invalid parameters for '${flowName}':\n${lines.join("\n")}`);
    this.issues = issues;
  }
}

/** An input of a run didn't complete, so the run can't start; its state is `NotReady`. */
export class UpstreamTaskError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super("upstream-failed", message, options);
  }
}

/** Inputs of `map` differ in length. */
export class MappingLengthMismatch extends SluiceError {
  constructor(lengths: Readonly<Record<string, number>>) {
    super(
      "map-length-mismatch",
      `Inputs of map() must be equally long. Got ${JSON.stringify(lengths)}. Wrap an input in unmapped() to pass it whole to every run.`,
    );
  }
}

/** No input of `map` can be iterated over. */
export class MappingMissingIterable extends SluiceError {
  constructor(taskName: string) {
    super(
      "map-missing-iterable",
      `map() of task '${taskName}' got nothing to iterate over. Pass at least one array, or use submit().`,
    );
  }
}

/** A task ran longer than its `timeoutSeconds`. */
export class TaskRunTimeoutError extends SluiceError {
  constructor(timeoutSeconds: number) {
    super("task-run-timeout", `Task run exceeded timeout of ${timeoutSeconds} second(s)`);
  }
}

/** A flow ran longer than its `timeoutSeconds`. */
export class FlowRunTimeoutError extends SluiceError {
  constructor(timeoutSeconds: number) {
    super("flow-run-timeout", `Flow run exceeded timeout of ${timeoutSeconds} second(s)`);
  }
}

/** A task or flow was called on behalf of a flow run that is over: after its timeout, end or cancellation. */
export class FlowRunEndedError extends SluiceError {
  constructor(what: string, flowRunName: string) {
    super(
      "flow-run-ended",
      `${what} can't start: flow run '${flowRunName}' has ended. Await what the flow starts, and stop when runtime.signal aborts.`,
    );
  }
}

/** A paused run wasn't resumed in time. */
export class FlowPauseTimeout extends SluiceError {
  constructor() {
    super("flow-pause-timeout", "Flow run was paused and never resumed.");
  }
}

/** A state's result was asked for before the run was over. */
export class UnfinishedRun extends SluiceError {
  constructor(type: StateType) {
    super("unfinished-run", `Run is in ${type} state, its result is not available.`);
  }
}

/** A paused run's result was asked for. */
export class PausedRun extends SluiceError {
  constructor() {
    super("paused-run", "Run is paused, its result is not available.");
  }
}

/** The state was read from the server, and the run's result wasn't persisted. */
export class MissingResult extends SluiceError {
  constructor() {
    super(
      "missing-result",
      "State data is missing. The state came from the server and its result was not persisted.",
    );
  }
}

/** Stands for the error of a failed run when the error itself isn't at hand. */
export class FailedRun extends SluiceError {
  constructor(message: string) {
    super("failed-run", message);
  }
}

export class CrashedRun extends SluiceError {
  constructor(message: string) {
    super("crashed-run", message);
  }
}

export class CancelledRun extends SluiceError {
  constructor(message: string) {
    super("cancelled-run", message);
  }
}

/** `name: message`, for state messages and logs; anything can be thrown in JavaScript. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.message ? `${error.name}: ${error.message}` : error.name;
  return `Error: ${typeof error === "string" ? error : safeString(error)}`;
}

function safeString(value: unknown): string {
  try {
    return typeof value === "object" ? (JSON.stringify(value) ?? String(value)) : String(value);
  } catch {
    return "an object that can't be shown";
  }
}
