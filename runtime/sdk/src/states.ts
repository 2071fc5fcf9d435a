/**
 * States as user code sees them: read from runs, given to hooks, returned from flows and tasks to decide how they end.
 */
import {
  defaultStateName,
  formatTimestamp,
  isTerminal,
  newId,
  parseTimestamp,
  type StateType,
  type Timestamp,
  timestampFromMilliseconds,
  timestampToMilliseconds,
} from "@sluice/schemas";
import { addSeconds } from "@sluice/schemas";
import { now } from "./clock.ts";
import { CancelledRun, CrashedRun, FailedRun, MissingResult, PausedRun, UnfinishedRun } from "./errors.ts";
import type { StateCreate, StateResponse } from "./transport/wire.ts";

/** `state_details` as it travels; only keys that are set. */
export type WireStateDetails = NonNullable<StateCreate["state_details"]>;

/** Marks a state that has no value at hand, as opposed to one whose value is `undefined`. */
const NO_DATA = Symbol("no data");

/**
 * One named condition of a run. `type` drives rules, `name` is for people. `T` is the run's result.
 *
 * States made by user code have no run yet; the engine stamps those that it adopts.
 */
export class State<T = unknown> {
  id: string;
  readonly type: StateType;
  name: string;
  message: string | null;
  /** Moment of the transition in microseconds; {@link timestamp} is the same as a `Date`. */
  timestampMicros: Timestamp;
  /** As on the wire; {@link stateDetails} is the same in camelCase. */
  details: WireStateDetails;
  /** @internal Says where the value is stored, and travels in its place. */
  resultRecord: Readonly<Record<string, unknown>> | null = null;
  #data: unknown;

  constructor(type: StateType, options: StateOptions<T> & { details?: WireStateDetails } = {}) {
    this.id = newId();
    this.type = type;
    this.name = options.name ?? defaultStateName(type);
    this.message = options.message ?? null;
    this.timestampMicros = now();
    this.details = options.details ?? {};
    this.#data = "data" in options ? options.data : NO_DATA;
  }

  get timestamp(): Date {
    return new Date(timestampToMilliseconds(this.timestampMicros));
  }

  /** The run's value, or its error when it failed; undefined when the state came from the server without one. */
  get data(): unknown {
    return this.#data === NO_DATA ? undefined : this.#data;
  }

  /** @internal Attaches the value without persisting it. */
  attach(data: unknown): void {
    this.#data = data;
  }

  get stateDetails(): StateDetails {
    return camelCaseDetails(this.details);
  }

  isScheduled(): boolean {
    return this.type === "SCHEDULED";
  }
  isPending(): boolean {
    return this.type === "PENDING";
  }
  isRunning(): boolean {
    return this.type === "RUNNING";
  }
  isCompleted(): boolean {
    return this.type === "COMPLETED";
  }
  isFailed(): boolean {
    return this.type === "FAILED";
  }
  isCrashed(): boolean {
    return this.type === "CRASHED";
  }
  isCancelled(): boolean {
    return this.type === "CANCELLED";
  }
  isCancelling(): boolean {
    return this.type === "CANCELLING";
  }
  isPaused(): boolean {
    return this.type === "PAUSED";
  }
  /** True for states that end a run. */
  isFinal(): boolean {
    return isTerminal(this.type);
  }

  /**
   * The run's value.
   *
   * @throws UnfinishedRun, PausedRun when the run isn't over
   * @throws the run's error when it failed, crashed or was cancelled; with `raiseOnFailure: false` it is returned
   * @throws MissingResult when the state came from the server and the value wasn't persisted
   */
  async result(options?: { raiseOnFailure?: true }): Promise<T>;
  async result(options: { raiseOnFailure: boolean }): Promise<T | Error>;
  async result({ raiseOnFailure = true }: { raiseOnFailure?: boolean } = {}): Promise<T | Error> {
    if (this.isPaused()) throw new PausedRun();
    if (!this.isFinal()) throw new UnfinishedRun(this.type);
    if (!this.isCompleted()) {
      const error = stateError(this);
      if (raiseOnFailure) throw error;
      return error;
    }
    if (this.#data === NO_DATA) throw new MissingResult();
    return this.#data as T; // the engine attached the value that T was inferred from
  }

  /** `Completed()`, `Failed('boom')`, `Skipped('nothing new', type=COMPLETED)`. */
  toString(): string {
    const isDefaultName = this.name === defaultStateName(this.type);
    const parts = [
      ...(this.message ? [quoted(this.message)] : []),
      ...(isDefaultName ? [] : [`type=${this.type}`]),
    ];
    return `${this.name}(${parts.join(", ")})`;
  }
}

/** What a rule may need to know beside a state's type. */
export interface StateDetails {
  readonly flowRunId: string | null;
  readonly taskRunId: string | null;
  readonly childFlowRunId: string | null;
  readonly scheduledTime: Date | null;
  readonly pauseTimeout: Date | null;
  readonly pauseReschedule: boolean;
  readonly pauseKey: string | null;
  readonly transitionId: string | null;
}

export interface StateOptions<T = unknown> {
  /** What people read; default: the type's name. The state's event is named after it. */
  name?: string;
  message?: string | null;
  /** The run's value, or its error. */
  data?: T;
}

export interface ScheduledOptions<T = unknown> extends StateOptions<T> {
  /** Default: now. */
  scheduledTime?: Date;
}

export interface PausedOptions extends StateOptions {
  /** Seconds until the pause fails the run. Default: none. */
  timeoutSeconds?: number | null;
  /** Names the pause within the run, so that a re-run recognises it. */
  pauseKey?: string;
}

export const Pending = <T>(options?: StateOptions<T>): State<T> => new State("PENDING", options);
export const Running = <T>(options?: StateOptions<T>): State<T> => new State("RUNNING", options);
export const Completed = <T>(options?: StateOptions<T>): State<T> => new State<T>("COMPLETED", options);
export const Failed = (options?: StateOptions): State<never> => new State("FAILED", neverData(options));
export const Crashed = (options?: StateOptions): State<never> => new State("CRASHED", neverData(options));
export const Cancelled = (options?: StateOptions): State<never> => new State("CANCELLED", neverData(options));
export const Cancelling = (options?: StateOptions): State<never> =>
  new State("CANCELLING", neverData(options));
export const Retrying = (options?: StateOptions): State =>
  new State("RUNNING", { name: "Retrying", ...options });

export function Scheduled<T>({ scheduledTime, ...options }: ScheduledOptions<T> = {}): State<T> {
  const moment = scheduledTime ? timestampFromMilliseconds(scheduledTime.getTime()) : now();
  return new State<T>("SCHEDULED", { ...options, details: { scheduled_time: formatTimestamp(moment) } });
}

export function AwaitingRetry(options: ScheduledOptions = {}): State {
  return Scheduled({ name: "AwaitingRetry", ...options });
}

/** The run's process goes on living and waits to be resumed. */
export function Paused(options: PausedOptions = {}): State {
  return pausedState(options, false);
}

/** The run's process ends; the run is started anew when it is resumed. Needs a deployment. */
export function Suspended(options: PausedOptions = {}): State {
  return pausedState({ name: "Suspended", ...options }, true);
}

function pausedState({ timeoutSeconds, pauseKey, ...options }: PausedOptions, reschedule: boolean): State {
  return new State("PAUSED", {
    ...options,
    details: {
      pause_reschedule: reschedule,
      ...(pauseKey === undefined ? {} : { pause_key: pauseKey }),
      ...(timeoutSeconds == null
        ? {}
        : { pause_timeout: formatTimestamp(addSeconds(now(), timeoutSeconds)) }),
    },
  });
}

/** The error of a run that failed, crashed or was cancelled; a stand-in of the state's message if need be. */
export function stateError(state: State): Error {
  const { data } = state;
  if (data instanceof Error) return data;
  if (data instanceof State) return stateError(data);
  if (Array.isArray(data)) {
    const failed = data.find(
      (item): item is State => item instanceof State && item.isFinal() && !item.isCompleted(),
    );
    if (failed) return stateError(failed);
  }
  const message = typeof data === "string" ? data : state.message;
  if (state.isCrashed()) return new CrashedRun(message ?? "Run crashed.");
  if (state.isCancelled()) return new CancelledRun(message ?? "Run cancelled.");
  return new FailedRun(message ?? "Run failed.");
}

/** A state that the server answered with. */
export function stateFromWire<T = unknown>(wire: StateResponse): State<T> {
  const state = new State<T>(wire.type, {
    ...(wire.name === null ? {} : { name: wire.name }),
    message: wire.message,
    details: withoutNulls(wire.state_details),
  });
  state.id = wire.id;
  state.timestampMicros = parseTimestamp(wire.timestamp) ?? now();
  return state;
}

/** The proposal of a state; results aren't persisted, so no data travels. */
export function stateToWire(state: State, details: WireStateDetails = {}): StateCreate {
  return {
    type: state.type,
    name: state.name,
    message: state.message,
    state_details: { ...state.details, ...details },
  };
}

function withoutNulls(details: object): WireStateDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
}

function camelCaseDetails(details: WireStateDetails): StateDetails {
  return {
    flowRunId: details.flow_run_id ?? null,
    taskRunId: details.task_run_id ?? null,
    childFlowRunId: details.child_flow_run_id ?? null,
    scheduledTime: dateFromWire(details.scheduled_time),
    pauseTimeout: dateFromWire(details.pause_timeout),
    pauseReschedule: details.pause_reschedule ?? false,
    pauseKey: details.pause_key ?? null,
    transitionId: details.transition_id ?? null,
  };
}

function dateFromWire(value: string | number | null | undefined): Date | null {
  return value == null ? null : new Date(value);
}

/** A failed state's data is its error, whatever its type says about results. */
function neverData(options: StateOptions = {}): StateOptions<never> {
  return options as StateOptions<never>;
}

function quoted(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
}
