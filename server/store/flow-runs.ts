/** Flow runs: reading, and the two halves of a state change (lock and load, then apply). */
import type * as contract from "@sluice/schemas";
import type {
  DeploymentId,
  Duration,
  FlowId,
  FlowRunId,
  LeaseId,
  State,
  StateType,
  Timestamp,
  WorkPoolId,
  WorkQueueId,
  WorkspaceId,
  FlowRunSort,
} from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";
import type { ConcurrencyLimitFacts } from "./concurrency-limits.ts";
import type { ObjectFilters } from "./filters.ts";
import type { FlowRunGraph, FlowRunGraphV1Node } from "./graph.ts";
import type { HistoryBucket, HistoryRequest } from "./history.ts";
import type { TaskRun } from "./task-runs.ts";

/** The columns that a state change may touch besides the state itself; written as a whole. */
export interface FlowRunProgress
  extends Pick<
    FlowRun,
    | "run_count"
    | "expected_start_time"
    | "next_scheduled_start_time"
    | "start_time"
    | "end_time"
    | "total_run_time"
    | "empirical_policy"
    | "attempt"
  > {}

export interface FlowRun extends contract.FlowRun {
  readonly workspace_id: WorkspaceId;
  /** The number of the execution that holds the run; 0 before the first. Fences off executions that were replaced. */
  readonly attempt: number;
  readonly updated_by: Actor | null;
}

/** A run to insert: its relations' names come from reading. */
export type NewFlowRun = Omit<FlowRun, "work_pool_id" | "work_pool_name">;

/** What `PATCH /flow_runs/{id}` and `/labels` may change. */
export type FlowRunChanges = Partial<
  Pick<
    FlowRun,
    | "name"
    | "flow_version"
    | "parameters"
    | "empirical_policy"
    | "tags"
    | "labels"
    | "infrastructure_pid"
    | "job_variables"
  >
>;

export interface FlowRunQuery extends Page {
  readonly filters: ObjectFilters;
  readonly sort: FlowRunSort;
}

/** A bar of the run-history scatter plot: `POST /ui/flow_runs/history`. */
export interface SimpleFlowRun {
  readonly id: FlowRunId;
  readonly state_type: StateType;
  /** Start, or expected start. */
  readonly timestamp: Timestamp;
  /** Estimated for a run that is running. */
  readonly duration: Duration;
  /** Between expected and actual start. */
  readonly lateness: Duration;
}

/** The next scheduled run of a flow: `POST /ui/flows/next-runs`. */
export interface NextFlowRun {
  readonly id: FlowRunId;
  readonly flow_id: FlowId;
  readonly name: string;
  readonly state_name: string;
  readonly state_type: StateType;
  readonly next_scheduled_start_time: Timestamp;
}

/** What rules and event builders need to know about a run, read under its lock. */
export interface FlowRunFacts {
  readonly run: FlowRun;
  readonly flow: { readonly id: FlowId; readonly name: string; readonly tags: readonly string[] };
  readonly deployment: DeploymentFacts | null;
  readonly work_queue: { readonly id: WorkQueueId; readonly name: string } | null;
  readonly work_pool: { readonly id: WorkPoolId; readonly name: string; readonly type: string } | null;
  /** The task run that tracks this subflow run in its parent. Locked too. */
  readonly parent_task_run: TaskRun | null;
  /** The lease named by the current state's `deployment_concurrency_lease_id`; null when there is none or it is gone. */
  readonly lease: { readonly id: LeaseId; readonly created: Timestamp; readonly expires: Timestamp } | null;
}

export interface DeploymentFacts {
  readonly id: DeploymentId;
  readonly name: string;
  readonly tags: readonly string[];
  readonly concurrency_options: {
    readonly collision_strategy?: "ENQUEUE" | "CANCEL_NEW" | null;
    readonly grace_period_seconds?: number | null;
  } | null;
  /** The limit on the deployment's runs. Locked: nobody else takes or gives back its slots until the transaction ends. */
  readonly limit: ConcurrencyLimitFacts | null;
}

/** One accepted state change: the new state, and the run's columns after it. */
export interface FlowRunTransition {
  readonly id: FlowRunId;
  readonly state: State;
  readonly progress: FlowRunProgress;
  /** The write's time, for `updated`. */
  readonly updated: Timestamp;
}

export interface FlowRunReads {
  read(workspaceId: WorkspaceId, id: FlowRunId): Promise<FlowRun | null>;
  /** The runs that exist, in no order. */
  readMany(workspaceId: WorkspaceId, ids: readonly FlowRunId[]): Promise<FlowRun[]>;
  list(workspaceId: WorkspaceId, query: FlowRunQuery): Promise<FlowRun[]>;
  count(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<number>;
  /** `POST /flow_runs/history`: gap-free buckets by state. */
  history(workspaceId: WorkspaceId, request: HistoryRequest): Promise<HistoryBucket[]>;
  /** `POST /flow_runs/lateness`: mean seconds between expected and actual start; null when no run matches. */
  averageLateness(workspaceId: WorkspaceId, filters: ObjectFilters, now: Timestamp): Promise<number | null>;
  /** `POST /ui/flow_runs/history`. */
  simpleHistory(
    workspaceId: WorkspaceId,
    query: FlowRunQuery & { readonly now: Timestamp },
  ): Promise<SimpleFlowRun[]>;
  /** `POST /ui/flow_runs/count-task-runs`: runs without task runs are 0. */
  countTaskRuns(workspaceId: WorkspaceId, ids: readonly FlowRunId[]): Promise<Map<FlowRunId, number>>;
  /** `POST /ui/flows/next-runs`: flows without a scheduled run are absent. */
  nextRunOfFlows(workspaceId: WorkspaceId, flowIds: readonly FlowId[]): Promise<Map<FlowId, NextFlowRun>>;
  /** The nodes of `GET /flow_runs/{id}/graph`; empty for an unknown run. */
  graphV1(workspaceId: WorkspaceId, id: FlowRunId): Promise<FlowRunGraphV1Node[]>;
  /**
   * `GET /flow_runs/{id}/graph-v2` (protocol section 9.8); null for an unknown run.
   * @throws GraphTooLargeError past `maxNodes`
   */
  graphV2(
    workspaceId: WorkspaceId,
    id: FlowRunId,
    options: { readonly since: Timestamp | null; readonly maxNodes: number; readonly maxArtifacts: number },
  ): Promise<FlowRunGraph | null>;
}

export interface FlowRunWrites {
  /**
   * Inserts runs with their first states. A run whose (flow, idempotency key) exists is left out and the existing one
   * is returned with `created: false`; its new state is not written. Answers in the order asked.
   */
  create(runs: readonly NewFlowRun[]): Promise<{ readonly run: FlowRun; readonly created: boolean }[]>;
  /** Writes only the keys present; null when there is no such run. */
  update(
    workspaceId: WorkspaceId,
    id: FlowRunId,
    changes: FlowRunChanges & { readonly updated: Timestamp; readonly updated_by?: Actor | null },
  ): Promise<FlowRun | null>;
  /**
   * Locks runs (in id order, then their parent task runs and concurrency limits) and reads all that a state change
   * depends on. Runs that don't exist are absent. `now` decides which leases are live.
   */
  lockForTransition(ids: readonly FlowRunId[], now: Timestamp): Promise<Map<FlowRunId, FlowRunFacts>>;
  /**
   * Writes accepted states: history rows, result artifacts, run columns, with one statement per table. At most one
   * per run and call. A persisted result in `state.data` becomes a `result` artifact.
   */
  applyTransitions(transitions: readonly FlowRunTransition[]): Promise<void>;
  /**
   * Deletes runs and what hangs on them: states, task runs with their states, logs, inputs, artifacts, leases. Runs
   * of subflows stay and lose their parent. Events stay. Returns the ids that were there.
   */
  delete(workspaceId: WorkspaceId, ids: readonly FlowRunId[]): Promise<FlowRunId[]>;
}
