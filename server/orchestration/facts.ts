/**
 * What a decision about a run is made from: plain data, loaded under the run's lock.
 *
 * Names are the contract's; moments are timestamps.
 */
import type {
  ConcurrencyLimitId,
  DeploymentId,
  Duration,
  FlowRunId,
  FlowRunPolicy,
  LeaseId,
  State,
  TaskRunId,
  TaskRunPolicy,
  Timestamp,
} from "@sluice/schemas";

/** The columns that every transition of a run keeps up to date, for flow runs and task runs alike. */
export interface RunBookkeeping {
  readonly run_count: number;
  readonly start_time: Timestamp | null;
  readonly end_time: Timestamp | null;
  /** Time spent in RUNNING, without the current stay. */
  readonly total_run_time: Duration;
  readonly expected_start_time: Timestamp | null;
  readonly next_scheduled_start_time: Timestamp | null;
}

/** A flow run's columns that rules read. */
export interface FlowRunColumns extends RunBookkeeping {
  readonly id: FlowRunId;
  readonly deployment_id: DeploymentId | null;
  readonly parent_task_run_id: TaskRunId | null;
  readonly infrastructure_pid: string | null;
  readonly empirical_policy: FlowRunPolicy;
  /** The number of the execution that holds the run; 0 before the first (see `attempt.ts`). */
  readonly attempt: number;
}

/** A concurrency limit and how many of its slots live leases hold right now. */
export interface LimitOccupancy {
  readonly id: ConcurrencyLimitId;
  readonly limit: number;
  readonly occupied: number;
}

export type CollisionStrategy = "ENQUEUE" | "CANCEL_NEW";

export interface DeploymentFacts {
  readonly id: DeploymentId;
  /** Null: the deployment has no (active) limit. */
  readonly concurrency_limit: LimitOccupancy | null;
  readonly collision_strategy: CollisionStrategy;
  /** Seconds a run may take from PENDING to RUNNING before its slot is lost; null: the server's default. */
  readonly grace_period_seconds: number | null;
}

export interface FlowRunFacts {
  readonly run: FlowRunColumns;
  /** The current state with its data; null before the first. */
  readonly state: State | null;
  /** Null when the run has no deployment, or the deployment is gone. */
  readonly deployment: DeploymentFacts | null;
  /** The lease that the current state names (`deployment_concurrency_lease_id`), if it still holds its slot. */
  readonly lease: LeaseId | null;
}

/** A task run's columns that rules read. */
export interface TaskRunColumns extends RunBookkeeping {
  readonly id: TaskRunId;
  readonly flow_run_id: FlowRunId | null;
  readonly task_key: string;
  readonly empirical_policy: TaskRunPolicy;
  /** The flow run's `run_count` when this task run last entered RUNNING. */
  readonly flow_run_run_count: number;
}

/** A limit on one of the task run's tags. */
export interface TagLimitFacts extends LimitOccupancy {
  /** Without the `tag:` prefix that the limit's name carries. */
  readonly tag: string;
  readonly avg_slot_occupancy_seconds: number;
}

export interface TaskRunFacts {
  readonly run: TaskRunColumns;
  readonly state: State | null;
  /** The flow run that the task run is part of; null when there is none. */
  readonly flow_run: {
    readonly id: FlowRunId;
    readonly run_count: number;
    readonly state: State | null;
  } | null;
  /** Active limits on the task run's tags. */
  readonly tag_limits: readonly TagLimitFacts[];
  /** The newest unexpired COMPLETED state kept under the proposal's `cache_key`; null when there is none. */
  readonly cached_state: State | null;
}
