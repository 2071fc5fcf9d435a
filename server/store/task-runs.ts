/** Task runs: REST-orchestrated ones through transitions, client-orchestrated ones through the recorder's batches. */
import type * as contract from "@sluice/schemas";
import type {
  FlowId,
  FlowRunId,
  State,
  StateType,
  TaskRunId,
  Timestamp,
  WorkspaceId,
  TaskRunSort,
} from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";
import type { ConcurrencyLimitFacts } from "./concurrency-limits.ts";
import type { ObjectFilters } from "./filters.ts";
import type { HistoryBucket, HistoryRequest } from "./history.ts";

/** The columns that a state change may touch besides the state itself; written as a whole. */
export interface TaskRunProgress
  extends Pick<
    TaskRun,
    | "name"
    | "run_count"
    | "flow_run_run_count"
    | "expected_start_time"
    | "next_scheduled_start_time"
    | "start_time"
    | "end_time"
    | "total_run_time"
  > {}

export interface TaskRun extends contract.TaskRun {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

export type TaskRunChanges = Partial<Pick<TaskRun, "name">>;

export interface TaskRunQuery extends Page {
  readonly filters: ObjectFilters;
  readonly sort: TaskRunSort;
}

/** What rules need to know about a task run, read under its lock. */
export interface TaskRunFacts {
  readonly run: TaskRun;
  readonly flow_run: {
    readonly id: FlowRunId;
    readonly name: string;
    readonly flow_id: FlowId;
    readonly run_count: number;
    readonly state: State | null;
  } | null;
  /** Limits named `tag:<tag>` for the run's tags. Locked. */
  readonly tag_limits: readonly ConcurrencyLimitFacts[];
}

export interface TaskRunTransition {
  readonly id: TaskRunId;
  readonly state: State;
  readonly progress: TaskRunProgress;
  readonly updated: Timestamp;
}

/** Columns of a task run that an event may carry; absent keys keep what is stored (protocol section 4.3). */
export type RecordedColumns = Partial<
  Omit<
    TaskRun,
    "id" | "workspace_id" | "flow_run_id" | "task_key" | "dynamic_key" | "created" | "updated" | "state"
  >
>;

/** One client-side state change of a task run, as its event told it. */
export interface RecordedTransition {
  readonly workspace_id: WorkspaceId;
  readonly id: TaskRunId;
  readonly flow_run_id: FlowRunId | null;
  readonly task_key: string;
  readonly dynamic_key: string;
  readonly columns: RecordedColumns;
  readonly state: State;
  /** The time of recording: `created` of a new row, `updated` of any. */
  readonly recorded: Timestamp;
}

/** Completed and failed runs in one slice of time: `POST /ui/task_runs/dashboard/counts`. */
export interface TaskRunCount {
  readonly completed: number;
  readonly failed: number;
}

export interface TaskRunReads {
  read(workspaceId: WorkspaceId, id: TaskRunId): Promise<TaskRun | null>;
  readMany(workspaceId: WorkspaceId, ids: readonly TaskRunId[]): Promise<TaskRun[]>;
  list(workspaceId: WorkspaceId, query: TaskRunQuery): Promise<TaskRun[]>;
  count(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<number>;
  /** `POST /task_runs/history`. */
  history(workspaceId: WorkspaceId, request: HistoryRequest): Promise<HistoryBucket[]>;
  /** `POST /ui/task_runs/count`: only the types that occur. */
  countByStateType(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<Map<StateType, number>>;
  /** `POST /ui/task_runs/dashboard/counts`: finished runs in equal slices between `start` and `end`, by start time. */
  dashboardCounts(
    workspaceId: WorkspaceId,
    request: {
      readonly filters: ObjectFilters;
      readonly start: Timestamp;
      readonly end: Timestamp;
      readonly buckets: number;
    },
  ): Promise<TaskRunCount[]>;
  /** The newest unexpired COMPLETED state stored under a cache key (protocol section 3.10). */
  readCachedState(workspaceId: WorkspaceId, cacheKey: string, now: Timestamp): Promise<State | null>;
}

export interface TaskRunWrites {
  /** As for flow runs; the natural key is (flow run, task key, dynamic key), with no flow run counting as a value. */
  create(runs: readonly TaskRun[]): Promise<{ readonly run: TaskRun; readonly created: boolean }[]>;
  update(
    workspaceId: WorkspaceId,
    id: TaskRunId,
    changes: TaskRunChanges & { readonly updated: Timestamp; readonly updated_by?: Actor | null },
  ): Promise<TaskRun | null>;
  lockForTransition(ids: readonly TaskRunId[], now: Timestamp): Promise<Map<TaskRunId, TaskRunFacts>>;
  applyTransitions(transitions: readonly TaskRunTransition[]): Promise<void>;
  /** Remembers a state under a cache key. */
  insertCachedState(entry: {
    readonly workspace_id: WorkspaceId;
    readonly cache_key: string;
    readonly cache_expiration: Timestamp | null;
    readonly state: State;
    readonly created: Timestamp;
  }): Promise<void>;
  /**
   * The recorder's batch upsert (protocol section 4.3): a run row is written only if its stored state is older than
   * the event's; every state enters the history once; a natural key stored under another id keeps that id. Events of
   * one run may come in any order within and between batches. Those of a flow run that doesn't exist are left out.
   */
  record(transitions: readonly RecordedTransition[]): Promise<void>;
  /** Deletes task runs with their states, logs and artifacts; subflow runs lose their parent. Returns the ids that were there. */
  delete(workspaceId: WorkspaceId, ids: readonly TaskRunId[]): Promise<TaskRunId[]>;
}
