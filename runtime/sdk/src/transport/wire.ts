/**
 * The objects a flow exchanges with a server, as they look on the wire: snake_case keys, moments as RFC 3339 strings,
 * durations as seconds (docs/adr/0001). Responses may carry more keys than named here.
 */
import type { StateResponse, StateType, stateCreate } from "@sluice/schemas";
import type { z } from "zod";

/** A moment: `2026-08-01T12:00:00.123456Z`. */
export type Moment = string;

/** A JSON object whose keys are the user's. */
export type JsonObject = Record<string, unknown>;

/** A state to propose: no id and no timestamp, the server stamps both (protocol section 3.1). */
export type StateCreate = z.input<typeof stateCreate>;
export type { StateResponse, StateType };

export interface FlowCreate {
  name: string;
  tags?: readonly string[];
  labels?: Readonly<Record<string, unknown>> | null;
}

export interface FlowResponse {
  id: string;
  created: Moment | null;
  updated: Moment | null;
  name: string;
  tags: string[];
  labels: JsonObject | null;
}

export interface FlowRunPolicy {
  retries?: number | null;
  /** Seconds. */
  retry_delay?: number | null;
  pause_keys?: string[] | null;
  resuming?: boolean | null;
  retry_type?: "in_process" | "reschedule" | null;
}

export interface FlowRunCreate {
  flow_id: string;
  name?: string;
  state?: StateCreate | null;
  flow_version?: string | null;
  parameters?: JsonObject;
  context?: JsonObject;
  parent_task_run_id?: string | null;
  empirical_policy?: FlowRunPolicy;
  tags?: readonly string[];
  labels?: Readonly<Record<string, unknown>> | null;
  idempotency_key?: string | null;
  work_pool_name?: string | null;
  work_queue_name?: string | null;
  job_variables?: JsonObject | null;
  deployment_id?: string | null;
}

/** Only keys present are written; an explicit `null` is a write (protocol section 0). */
export interface FlowRunUpdate {
  name?: string;
  flow_version?: string | null;
  parameters?: JsonObject;
  empirical_policy?: FlowRunPolicy;
  tags?: readonly string[];
  infrastructure_pid?: string | null;
  job_variables?: JsonObject | null;
}

export interface FlowRunResponse {
  id: string;
  created: Moment | null;
  updated: Moment | null;
  name: string;
  flow_id: string;
  state_id: string | null;
  deployment_id: string | null;
  deployment_version: string | null;
  work_queue_id: string | null;
  work_queue_name: string | null;
  work_pool_id: string | null;
  work_pool_name: string | null;
  flow_version: string | null;
  parameters: JsonObject;
  idempotency_key: string | null;
  context: JsonObject;
  empirical_policy: FlowRunPolicy;
  tags: string[];
  labels: JsonObject | null;
  parent_task_run_id: string | null;
  state_type: StateType | null;
  state_name: string | null;
  run_count: number;
  expected_start_time: Moment | null;
  next_scheduled_start_time: Moment | null;
  start_time: Moment | null;
  end_time: Moment | null;
  /** Seconds. */
  total_run_time: number;
  auto_scheduled: boolean;
  infrastructure_pid: string | null;
  created_by: { id?: string | null; type?: string | null; display_value?: string | null } | null;
  state: StateResponse | null;
  job_variables: JsonObject | null;
}

/** One input of a task run: what the graph's edges are made from (protocol section 9.8). */
export type TaskRunInput =
  | { input_type: "task_run"; id: string }
  | { input_type: "flow_run"; id: string }
  | { input_type: "parameter"; name: string }
  | { input_type: "constant"; type: string };

export interface TaskRunPolicy {
  retries?: number | null;
  /** Seconds; a list gives one delay per retry. */
  retry_delay?: number | number[] | null;
  retry_jitter_factor?: number | null;
}

export interface TaskRunCreate {
  id?: string | null;
  state?: StateCreate | null;
  name?: string;
  flow_run_id?: string | null;
  task_key: string;
  dynamic_key: string;
  cache_key?: string | null;
  cache_expiration?: Moment | null;
  task_version?: string | null;
  empirical_policy?: TaskRunPolicy;
  tags?: readonly string[];
  labels?: Readonly<Record<string, unknown>> | null;
  task_inputs?: Record<string, TaskRunInput[]>;
}

export interface TaskRunResponse {
  id: string;
  created: Moment | null;
  updated: Moment | null;
  name: string;
  flow_run_id: string | null;
  task_key: string;
  dynamic_key: string;
  cache_key: string | null;
  cache_expiration: Moment | null;
  task_version: string | null;
  empirical_policy: TaskRunPolicy;
  tags: string[];
  labels: JsonObject | null;
  state_id: string | null;
  task_inputs: Record<string, TaskRunInput[]>;
  state_type: StateType | null;
  state_name: string | null;
  run_count: number;
  flow_run_run_count: number;
  expected_start_time: Moment | null;
  next_scheduled_start_time: Moment | null;
  start_time: Moment | null;
  end_time: Moment | null;
  /** Seconds. */
  total_run_time: number;
  state: StateResponse | null;
}

/** The server's verdict on a proposed state (protocol section 3.2). */
export type OrchestrationResult =
  | { status: "ACCEPT"; state: StateResponse; details: { type: string } }
  | { status: "REJECT"; state: StateResponse; details: { type: string; reason?: string | null } }
  | { status: "ABORT"; state: StateResponse | null; details: { type: string; reason?: string | null } }
  | {
      status: "WAIT";
      state: StateResponse | null;
      details: { type: string; delay_seconds: number; reason?: string | null };
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

export interface FlowRunInputCreate {
  key: string;
  /** JSON text by convention. */
  value: string;
  sender?: string | null;
}

export interface FlowRunInputResponse extends FlowRunInputCreate {
  id: string;
  flow_run_id: string;
  created: Moment | null;
  updated: Moment | null;
}

export interface ConcurrencyLease {
  /** Null when the server took no slot, because none of the names is a limit. */
  lease_id: string | null;
  limits: { id: string; name: string; limit: number }[];
}

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

export interface LogBody {
  name: string;
  /** 10 debug, 20 info, 30 warning, 40 error, 50 critical. */
  level: number;
  message: string;
  timestamp: Moment;
  flow_run_id?: string | null;
  task_run_id?: string | null;
}
