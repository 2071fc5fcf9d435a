import type * as contract from "@sluice/schemas";
import type { EventId, Timestamp, WorkPoolFilter, WorkPoolId, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

export interface WorkPool extends contract.WorkPool {
  readonly workspace_id: WorkspaceId;
  readonly last_transitioned_status_at: Timestamp | null;
  /** The event of the last status, which the next one's follows. */
  readonly last_status_event_id: EventId | null;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

export type WorkPoolChanges = Partial<
  Pick<
    WorkPool,
    | "description"
    | "base_job_template"
    | "is_paused"
    | "concurrency_limit"
    | "storage_configuration"
    | "default_queue_id"
    | "status"
    | "last_transitioned_status_at"
    | "last_status_event_id"
    | "updated_by"
  >
> &
  Pick<WorkPool, "updated">;

export interface WorkPoolReads {
  read(workspaceId: WorkspaceId, id: WorkPoolId): Promise<WorkPool | null>;
  readByName(workspaceId: WorkspaceId, name: string): Promise<WorkPool | null>;
  /** By name. */
  list(
    workspaceId: WorkspaceId,
    query: Page & { readonly filter: WorkPoolFilter | null },
  ): Promise<WorkPool[]>;
  count(workspaceId: WorkspaceId, filter: WorkPoolFilter | null): Promise<number>;
  /** READY pools without an ONLINE worker, in every workspace. */
  listAbandoned(limit: number): Promise<WorkPool[]>;
}

export interface WorkPoolWrites {
  /** @throws StoreConflictError when the name is taken */
  create(pool: WorkPool): Promise<void>;
  /** Locks the pool: its statuses and the priorities of its queues change under this lock only. */
  lock(workspaceId: WorkspaceId, id: WorkPoolId): Promise<WorkPool | null>;
  /** Writes only the keys present. */
  update(id: WorkPoolId, changes: WorkPoolChanges): Promise<void>;
  /** Deletes the pool with its queues and workers; runs and deployments of its queues stay and lose their queue. */
  delete(id: WorkPoolId): Promise<void>;
}
