import type * as contract from "@sluice/schemas";
import type { Timestamp, WorkPoolId, WorkQueueFilter, WorkQueueId, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

export interface WorkQueue extends contract.WorkQueue {
  readonly workspace_id: WorkspaceId;
  readonly work_pool_type: string;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

/** A queue to insert: its pool's name and type come from reading. */
export type NewWorkQueue = Omit<WorkQueue, "work_pool_name" | "work_pool_type">;

export type WorkQueueChanges = Partial<
  Pick<
    WorkQueue,
    | "name"
    | "description"
    | "is_paused"
    | "concurrency_limit"
    | "priority"
    | "filter"
    | "last_polled"
    | "status"
    | "updated_by"
  >
> &
  Pick<WorkQueue, "updated">;

export interface WorkQueueQuery extends Page {
  readonly filter: WorkQueueFilter | null;
}

export interface WorkQueueReads {
  read(workspaceId: WorkspaceId, id: WorkQueueId): Promise<WorkQueue | null>;
  readByName(workspaceId: WorkspaceId, poolName: string, name: string): Promise<WorkQueue | null>;
  /** By name, of every pool. */
  list(workspaceId: WorkspaceId, query: WorkQueueQuery): Promise<WorkQueue[]>;
  /** By priority; all of them when no page is asked for. */
  listOfPool(poolId: WorkPoolId, query?: WorkQueueQuery): Promise<WorkQueue[]>;
  countOfPool(poolId: WorkPoolId): Promise<number>;
  /** READY queues of every workspace that nobody has polled since the moment, longest ago first. */
  listUnpolled(since: Timestamp, limit: number): Promise<WorkQueue[]>;
}

export interface WorkQueueWrites {
  /** @throws StoreConflictError when the pool has a queue of that name */
  create(queue: NewWorkQueue): Promise<void>;
  /**
   * Writes only the keys present.
   * @throws StoreConflictError when the pool has another queue of the new name
   */
  update(id: WorkQueueId, changes: WorkQueueChanges): Promise<void>;
  /** Runs and deployments of the queue stay and lose it. */
  delete(id: WorkQueueId): Promise<void>;
  /**
   * Notes a poll and makes those READY that were NOT_READY: answers with these. A poll is no change: `updated` moves
   * only with the status.
   */
  markPolled(ids: readonly WorkQueueId[], now: Timestamp): Promise<WorkQueue[]>;
  /** NOT_READY if the queue is READY and still unpolled since the moment; null when it is not. */
  markUnpolled(id: WorkQueueId, since: Timestamp, now: Timestamp): Promise<WorkQueue | null>;
}
