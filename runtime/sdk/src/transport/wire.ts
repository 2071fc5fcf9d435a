/**
 * The objects a flow exchanges with a server, as they look on the wire: snake_case keys, moments as RFC 3339 strings,
 * durations as seconds (docs/adr/0001). They are the contract's own types, under the names the SDK uses.
 */
import type {
  ConcurrencyLimitWithLeaseResponse,
  FlowResponse,
  FlowRunResponse,
  flowCreate,
  flowRunCreate,
  flowRunUpdate,
  incrementWithLease,
  logCreate,
  RunInputResponse,
  runInputCreate,
  StateResponse,
  stateCreate,
  TaskRunResponse,
  taskRunCreate,
} from "@sluice/schemas";
import type { z } from "zod";

export type { FlowResponse, FlowRunResponse, StateResponse, TaskRunResponse };

/** A moment: `2026-08-01T12:00:00.123456Z`. */
export type Moment = string;

/** A JSON object whose keys are the user's. */
export type JsonObject = Record<string, unknown>;

/** A state to propose: no id and no timestamp, the server stamps both (protocol section 3.1). */
export type StateCreate = z.input<typeof stateCreate>;

/** Requests don't change the lists they are given, which the schemas' own types can't say. */
type ReadonlyTags<Request> = Omit<Request, "tags"> & { tags?: readonly string[] };

export type FlowCreate = ReadonlyTags<z.input<typeof flowCreate>>;
export type FlowRunCreate = ReadonlyTags<z.input<typeof flowRunCreate>>;
/** Only keys present are written; an explicit `null` is a write (protocol section 0). */
export type FlowRunUpdate = ReadonlyTags<z.input<typeof flowRunUpdate>>;
export type TaskRunCreate = ReadonlyTags<z.input<typeof taskRunCreate>>;

export type FlowRunPolicy = NonNullable<FlowRunCreate["empirical_policy"]>;
export type TaskRunPolicy = NonNullable<TaskRunCreate["empirical_policy"]>;

/** One input of a task run: what the graph's edges are made from (protocol section 9.8). */
export type TaskRunInput = NonNullable<TaskRunCreate["task_inputs"]>[string][number];

/** The server's verdict on a proposed state; the status says which details there are (protocol section 3.2). */
export type OrchestrationResult =
  | { status: "ACCEPT"; state: StateResponse; details: { type: "accept_details" } }
  | { status: "REJECT"; state: StateResponse; details: { type: string; reason: string | null } }
  | { status: "ABORT"; state: StateResponse | null; details: { type: string; reason: string | null } }
  | {
      status: "WAIT";
      state: StateResponse | null;
      details: { type: string; delay_seconds: number; reason: string | null };
    };

/** Filters are passed through as the wire has them; every criterion's name ends in `_` (protocol section 1). */
export interface RunsQuery {
  flows?: JsonObject | null;
  flow_runs?: JsonObject | null;
  task_runs?: JsonObject | null;
  deployments?: JsonObject | null;
  work_pools?: JsonObject | null;
  work_pool_queues?: JsonObject | null;
  sort?: string;
  /** At most 200, which is also the default. */
  limit?: number | null;
  offset?: number;
}

export type FlowRunInputCreate = z.input<typeof runInputCreate>;
export type FlowRunInputResponse = RunInputResponse;

export type ConcurrencyRequest = z.input<typeof incrementWithLease>;
export type ConcurrencyLease = ConcurrencyLimitWithLeaseResponse;

/** All label values are strings (protocol section 7.1). */
export type EventLabels = Record<string, string>;

/** An event as a client sends it; the same id sent twice is stored once. */
export interface EventBody {
  id: string;
  occurred: Moment;
  event: string;
  /** Needs `prefect.resource.id`. */
  resource: EventLabels;
  /** Each needs `prefect.resource.id` and `prefect.resource.role`. */
  related: EventLabels[];
  payload: JsonObject;
  /** The event that precedes this one. */
  follows?: string | null;
}

export type LogBody = z.input<typeof logCreate>;
