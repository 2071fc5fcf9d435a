import type { ConcurrencyLimitId, Timestamp, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

/** A global concurrency limit (protocol section 3.9). How many slots are taken is not stored: leases say it. */
export interface ConcurrencyLimit {
  readonly id: ConcurrencyLimitId;
  readonly workspace_id: WorkspaceId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly active: boolean;
  readonly name: string;
  readonly limit: number;
  readonly denied_slots: number;
  readonly slot_decay_per_second: number;
  readonly avg_slot_occupancy_seconds: number;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

export interface OccupiedConcurrencyLimit extends ConcurrencyLimit {
  /** Slots of leases that are live at the moment asked for. */
  readonly occupied_slots: number;
}

/** What a rule needs to know of a limit. */
export interface ConcurrencyLimitFacts {
  readonly id: ConcurrencyLimitId;
  readonly name: string;
  readonly active: boolean;
  readonly limit: number;
  /** Slots of leases that are live at the `now` that was passed in. */
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
  /** By name. */
  list(workspaceId: WorkspaceId, page: Page, now: Timestamp): Promise<OccupiedConcurrencyLimit[]>;
}

export interface ConcurrencyLimitWrites {
  /** @throws StoreConflictError when the name is taken */
  create(limit: ConcurrencyLimit): Promise<void>;
  update(
    workspaceId: WorkspaceId,
    id: ConcurrencyLimitId,
    changes: Partial<Omit<ConcurrencyLimit, "id" | "workspace_id" | "created">>,
  ): Promise<boolean>;
  /** Deletes the limit and its leases' slots. */
  delete(workspaceId: WorkspaceId, id: ConcurrencyLimitId): Promise<boolean>;
  /** Locks limits by name, in id order, so that nobody else takes their slots until the transaction ends. */
  lockByName(
    workspaceId: WorkspaceId,
    names: readonly string[],
    now: Timestamp,
  ): Promise<OccupiedConcurrencyLimit[]>;
}
