import type { ConcurrencyLimitId, GlobalConcurrencyLimit, Timestamp, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

/**
 * A global concurrency limit (protocol section 3.9). How many slots are taken is not stored: leases say it. Only slots
 * that decay have nobody who holds them: of those it is stored how many there were when they were last touched.
 */
export interface ConcurrencyLimit extends GlobalConcurrencyLimit {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
  /** Slots taken of a limit with decay, as they were at `decaying_since`; parts of slots included. */
  readonly decaying_slots: number;
  readonly decaying_since: Timestamp;
}

export interface OccupiedConcurrencyLimit extends ConcurrencyLimit {
  /** At the moment asked for: slots of live leases; of a limit with decay, those that have not come free yet. */
  readonly occupied_slots: number;
}

/** What a rule needs to know of a limit. */
export interface ConcurrencyLimitFacts {
  readonly id: ConcurrencyLimitId;
  readonly name: string;
  readonly active: boolean;
  readonly limit: number;
  /** At the `now` that was passed in. */
  readonly occupied_slots: number;
  readonly avg_slot_occupancy_seconds: number;
}

export interface ConcurrencyLimitReads {
  read(
    workspaceId: WorkspaceId,
    id: ConcurrencyLimitId,
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit | null>;
  readByName(
    workspaceId: WorkspaceId,
    name: string,
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit | null>;
  /** By name; only names that begin with `prefix`, when there is one. */
  list(
    workspaceId: WorkspaceId,
    query: Page & { readonly prefix?: string },
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit[]>;
}

export interface ConcurrencyLimitWrites {
  /** @throws StoreConflictError when the name is taken */
  create(limit: ConcurrencyLimit): Promise<void>;
  /** @throws StoreConflictError when the new name is taken */
  update(
    workspaceId: WorkspaceId,
    id: ConcurrencyLimitId,
    changes: Partial<Omit<ConcurrencyLimit, "id" | "workspace_id" | "created">>,
  ): Promise<boolean>;
  /** Deletes the limit and its leases' slots. */
  delete(workspaceId: WorkspaceId, id: ConcurrencyLimitId): Promise<boolean>;
  /** Locks limits by name, in id order, so that nobody else takes their slots until the transaction ends. By name. */
  lockByName(
    workspaceId: WorkspaceId,
    names: readonly string[],
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit[]>;
  /** Takes slots of those of the limits that have decay; they come free by themselves. */
  fillDecaying(ids: readonly ConcurrencyLimitId[], slots: number, now: Timestamp): Promise<void>;
  /** Gives slots back of those of the limits that have decay, at most as many as are taken. */
  drainDecaying(ids: readonly ConcurrencyLimitId[], slots: number): Promise<void>;
}
