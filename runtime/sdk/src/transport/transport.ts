/**
 * What the engine needs of a server, whichever way it is reached: over HTTP and WebSocket, or in this process.
 *
 * Requests are awaited and fail with the client's typed errors. Events and logs are handed over: `emitEvent` and
 * `writeLog` never wait and never throw, memory is bounded, and what can't be delivered goes to disk and is sent later.
 */
import type {
  EventStreamFilter,
  TaskRunStream,
  TaskRunStreamHandlers,
  TaskRunSubscription,
} from "@sluice/client";
import type { DeploymentsTransport } from "./deployments-transport.ts";
import type { WatchedEvent } from "./watch-events.ts";
import type {
  ConcurrencyLease,
  ConcurrencyRequest,
  EventBody,
  FlowCreate,
  FlowResponse,
  FlowRunCreate,
  FlowRunInputCreate,
  FlowRunInputResponse,
  FlowRunResponse,
  FlowRunUpdate,
  LogBody,
  OrchestrationResult,
  RunsQuery,
  StateCreate,
  TaskRunCreate,
  TaskRunResponse,
} from "./wire.ts";

export interface Transport {
  readonly target: TransportTarget;

  /** Finds the flow of this name or makes it. */
  createFlow(flow: FlowCreate): Promise<FlowResponse>;

  createFlowRun(run: FlowRunCreate): Promise<FlowRunResponse>;
  /** @throws ObjectNotFound */
  readFlowRun(id: string): Promise<FlowRunResponse>;
  /** @throws ObjectNotFound */
  updateFlowRun(id: string, changes: FlowRunUpdate): Promise<void>;
  /**
   * Proposes a state. Give `state_details.transition_id` a fresh UUID for each proposal: a request repeated by the
   * network is then recognised (protocol section 3.2).
   * @throws ObjectNotFound
   */
  setFlowRunState(id: string, state: StateCreate, options?: SetFlowRunStateOptions): Promise<FlowRunVerdict>;
  filterFlowRuns(query: RunsQuery): Promise<FlowRunResponse[]>;
  /** Resumes a paused or suspended run, with its input if it waits for one. */
  resumeFlowRun(id: string, runInput?: Record<string, unknown>): Promise<OrchestrationResult>;

  createTaskRun(run: TaskRunCreate): Promise<TaskRunResponse>;
  /** @throws ObjectNotFound */
  readTaskRun(id: string): Promise<TaskRunResponse>;
  setTaskRunState(id: string, state: StateCreate, options?: SetStateOptions): Promise<OrchestrationResult>;
  filterTaskRuns(query: RunsQuery): Promise<TaskRunResponse[]>;

  /** @throws ObjectAlreadyExists when the run has an input of this key */
  createFlowRunInput(flowRunId: string, input: FlowRunInputCreate): Promise<void>;
  /** The raw value, JSON text by convention. @throws ObjectNotFound */
  readFlowRunInput(flowRunId: string, key: string): Promise<string>;
  /** Oldest first. */
  filterFlowRunInputs(flowRunId: string, query: FlowRunInputsQuery): Promise<FlowRunInputResponse[]>;
  deleteFlowRunInput(flowRunId: string, key: string): Promise<void>;

  /** One try to take slots; "no" is an answer, not an error. */
  acquireConcurrencySlots(request: ConcurrencyRequest): Promise<ConcurrencyAnswer>;
  /** Gives the slots of a lease back; an unknown lease is fine. */
  releaseConcurrencySlots(leaseId: string): Promise<void>;
  /** False when the lease is gone: its slots may belong to another run by now. */
  renewConcurrencyLease(leaseId: string, leaseSeconds: number): Promise<boolean>;

  readonly deployments: DeploymentsTransport;

  /**
   * Calls `onEvent` for matching events as they happen, until the returned function is called. A hint to look again:
   * events may be missed or come twice, and an embedded server sends none.
   */
  watchEvents(filter: EventStreamFilter, onEvent: (event: WatchedEvent) => void): () => void;

  /**
   * Asks for deferred runs of tasks. Each that is given is this process's to execute.
   * @throws StreamRefused, ServerUnreachable
   */
  subscribeTaskRuns(
    subscription: TaskRunSubscription,
    handlers: TaskRunStreamHandlers,
  ): Promise<TaskRunStream>;

  /** Hands an event over. Never waits, never throws. */
  emitEvent(event: EventBody): void;
  /** Hands a log record over. Never waits, never throws. */
  writeLog(record: LogBody): void;

  /**
   * Resolves when everything handed over before this call is confirmed by the server, or is safe on disk.
   * Never rejects.
   */
  flush(options?: FlushOptions): Promise<void>;
  /** Flushes and lets go of sockets and timers. The transport can't be used afterwards. Never rejects. */
  close(options?: FlushOptions): Promise<void>;
}

export interface TransportTarget {
  readonly kind: "http" | "embedded";
  /** Root of the API, `http://127.0.0.1:4200/api`; null when embedded. */
  readonly apiUrl: string | null;
  /** Where people look at runs; null when there is no such place. */
  readonly uiUrl: string | null;
}

export interface SetStateOptions {
  /** Skips most rules: for reports of what has happened already (crashed, cancelled). Default false. */
  force?: boolean;
}

export interface SetFlowRunStateOptions extends SetStateOptions {
  /**
   * The execution of the run that proposes: what {@link FlowRunVerdict.attempt} said last. A Sluice server refuses
   * (ABORT) an execution that a later one has replaced. Left out with the first RUNNING of an execution.
   */
  attempt?: number | null;
}

export type FlowRunVerdict = OrchestrationResult & {
  /** The execution that holds the run now; null when the server doesn't number them. */
  attempt?: number | null;
};

export interface FlowRunInputsQuery {
  prefix: string;
  /** Default 1. */
  limit?: number;
  exclude_keys?: string[];
}

export type { ConcurrencyRequest };

export type ConcurrencyAnswer =
  | { granted: true; lease: ConcurrencyLease }
  | { granted: false; retryAfterSeconds: number };

export interface FlushOptions {
  /** How long to wait for the server before the rest goes to disk. Default 30 000. */
  timeoutMs?: number;
}
