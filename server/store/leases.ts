/** Leases: who holds which slots of which limits, and until when. */
import type {
  ConcurrencyLeaseHolder,
  ConcurrencyLimitId,
  LeaseId,
  Timestamp,
  WorkspaceId,
} from "@sluice/schemas";

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
  /** Live leases on a limit, oldest first. */
  listOfLimit(limitId: ConcurrencyLimitId, now: Timestamp): Promise<Lease[]>;
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
  /** Names the holder of leases. */
  setHolder(ids: readonly LeaseId[], holder: LeaseHolder): Promise<void>;
  /** Gives slots back. Returns the leases that existed, expired or not. */
  release(ids: readonly LeaseId[]): Promise<Lease[]>;
  /** Gives back all that a holder has. */
  releaseOfHolder(workspaceId: WorkspaceId, holder: LeaseHolder): Promise<Lease[]>;
}
