/** Leases: who holds which slots of which limits, and until when. */
import type {
  ConcurrencyLeaseHolder,
  ConcurrencyLimitId,
  LeaseId,
  Timestamp,
  WorkspaceId,
} from "@sluice/schemas";

/** When leases end that only giving back ends: those of clients that know of none. */
export const UNTIL_GIVEN_BACK = (Date.UTC(2200, 0) * 1000) as Timestamp; // whole microseconds

export type LeaseHolder = ConcurrencyLeaseHolder;

export interface Lease {
  readonly id: LeaseId;
  readonly workspace_id: WorkspaceId;
  readonly created: Timestamp;
  /** From this moment on the lease holds nothing. */
  readonly expires: Timestamp;
  readonly holder: LeaseHolder | null;
  /** The limits it holds slots of; the same number in each. */
  readonly limit_ids: readonly ConcurrencyLimitId[];
  readonly slots: number;
}

export interface LeaseReads {
  read(id: LeaseId): Promise<Lease | null>;
  /** Live leases on any of these limits, oldest first. */
  listOfLimits(limitIds: readonly ConcurrencyLimitId[], now: Timestamp): Promise<Lease[]>;
  /** Leases that expired at or before `now`, in any workspace, oldest first. */
  listExpired(now: Timestamp, limit: number): Promise<Lease[]>;
}

export interface LeaseWrites {
  /**
   * Takes slots. The caller holds the limits' locks and has checked that they are free. Leases on these limits that had
   * expired when the new ones were created are deleted, so that a clock that is set back can't revive them.
   */
  create(leases: readonly Lease[]): Promise<void>;
  /** Moves the end of a live lease; false when it is unknown or has expired. */
  renew(id: LeaseId, now: Timestamp, expires: Timestamp): Promise<boolean>;
  /** Leaves a lease with another number of slots in each of its limits. */
  setSlots(id: LeaseId, slots: number): Promise<void>;
  /** Takes a limit out of leases, which keep what they hold of others. Those that hold nothing then are deleted. */
  detach(limitId: ConcurrencyLimitId, ids: readonly LeaseId[]): Promise<void>;
  /** Names the holder of leases. */
  setHolder(ids: readonly LeaseId[], holder: LeaseHolder): Promise<void>;
  /** Gives slots back. Returns the leases that existed, expired or not. */
  release(ids: readonly LeaseId[]): Promise<Lease[]>;
  /** Gives back all that a holder has. */
  releaseOfHolder(workspaceId: WorkspaceId, holder: LeaseHolder): Promise<Lease[]>;
}
