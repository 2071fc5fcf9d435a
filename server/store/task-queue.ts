/**
 * The queue of deferred task runs and who takes them.
 *
 * 1. What waits is not kept twice: a deferred task run that is SCHEDULED and due, and that no delivery holds, waits.
 * 2. A delivery says which connection of a task worker a run was handed to. A run has one at most; the one that holds
 *    a run keeps everybody else from it.
 * 3. A connection holds its runs while it is renewed. What becomes of them when it is not is decided by a command.
 */
import type { Id, StateId, StateType, TaskRunId, Timestamp, WorkspaceId } from "@sluice/schemas";
import type { TaskRun } from "./task-runs.ts";

/** One connection of a task worker: a process that reconnects comes as another one. */
export type TaskWorkerId = Id<"task-worker">;

export interface TaskWorker {
  readonly id: TaskWorkerId;
  readonly workspace_id: WorkspaceId;
  /** What the worker calls itself, for a stock one `<host>-<process id>`. Not unique. */
  readonly identifier: string;
  /** Of the tasks that it serves. */
  readonly task_keys: readonly string[];
  /**
   * How many runs it works on at the same time, when it keeps its connection open until the last one has ended and
   * says when each has, in place of receipts. Null for stock workers: they tell nothing after the receipt.
   */
  readonly slots: number | null;
  readonly created: Timestamp;
  /** The last time it was known to be connected. */
  readonly seen: Timestamp;
  /** Until when it holds what was handed to it, unless renewed. */
  readonly expires: Timestamp;
}

/** A task run to be handed out, now or when it is due. */
export interface QueuedTaskRun {
  readonly id: TaskRunId;
  readonly workspace_id: WorkspaceId;
  readonly task_key: string;
}

/** That a run was handed out; `id` is the run's. */
export interface TaskRunDelivery extends QueuedTaskRun {
  readonly task_worker_id: TaskWorkerId;
  /** True when the worker may be at work on the run: it has said that it took it, or says nothing of the kind. */
  readonly is_acknowledged: boolean;
  /** How often the run has been handed out without being started, this time included. */
  readonly attempts: number;
  /** The run's current state. */
  readonly state_id: StateId | null;
  readonly state_type: StateType | null;
}

export interface ClaimedTaskRun {
  readonly run: TaskRun;
  readonly task_worker_id: TaskWorkerId;
}

export interface TaskQueueReads {
  /** Connections that were renewed in time, oldest first; with keys, those that serve one of them. */
  listWorkers(
    workspaceId: WorkspaceId,
    taskKeys: readonly string[] | null,
    now: Timestamp,
  ): Promise<TaskWorker[]>;
  /** Connections that were not renewed in time, in any workspace, longest first. */
  listExpiredWorkers(now: Timestamp, limit: number): Promise<TaskWorker[]>;
  /** What a connection holds. */
  listDeliveries(id: TaskWorkerId): Promise<TaskRunDelivery[]>;
}

export interface TaskQueueWrites {
  /** Says that runs were scheduled to be handed out: whatever held them holds them no longer. */
  enqueue(runs: readonly QueuedTaskRun[]): Promise<void>;
  /**
   * Hands waiting runs of a task to connections, one for each entry of `taskWorkerIds`, while there are any: retries
   * first, then what has been due longest. Runs that another transaction is handing out are passed over, and so are
   * connections that are unknown.
   */
  claim(
    workspaceId: WorkspaceId,
    taskKey: string,
    taskWorkerIds: readonly TaskWorkerId[],
    now: Timestamp,
  ): Promise<ClaimedTaskRun[]>;
  /** The worker has taken the run. Drops its deliveries of runs that it has already started. */
  acknowledge(id: TaskWorkerId, taskRunId: TaskRunId): Promise<void>;
  /** Gives runs back to the queue, if this connection holds them. */
  release(id: TaskWorkerId, runs: readonly QueuedTaskRun[]): Promise<void>;
  /** Ends deliveries for good, if this connection holds them. */
  settle(id: TaskWorkerId, taskRunIds: readonly TaskRunId[]): Promise<void>;
  /** Lets a connection hold what earlier ones of the same worker held; answers with those that still did. */
  adopt(worker: TaskWorker, taskRunIds: readonly TaskRunId[], now: Timestamp): Promise<TaskRunId[]>;
  /** Lets one connection hold what another one held; false when it is unknown. */
  handOver(from: TaskWorkerId, to: TaskWorkerId): Promise<boolean>;

  addWorker(worker: TaskWorker): Promise<void>;
  /** Returns the connections that still exist: what is missing has lost all that it held. */
  renewWorkers(
    ids: readonly TaskWorkerId[],
    seen: Timestamp,
    expires: Timestamp,
  ): Promise<ReadonlySet<TaskWorkerId>>;
  /**
   * Takes what an expired connection holds out of its reach: it can't be renewed, and nothing of it adopted, any more.
   * Null when it is unknown or has not expired.
   */
  seizeWorker(id: TaskWorkerId, now: Timestamp): Promise<TaskWorker | null>;
  /** Ends the hold of a connection at this moment. */
  expireWorker(id: TaskWorkerId, expires: Timestamp): Promise<void>;
  /** Forgets a connection that holds nothing; false when it holds something, or is unknown. */
  removeWorker(id: TaskWorkerId): Promise<boolean>;
}
