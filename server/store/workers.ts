import type * as contract from "@sluice/schemas";
import type { Timestamp, WorkerFilter, WorkPoolId, WorkspaceId } from "@sluice/schemas";
import type { Page } from "./common.ts";

export interface Worker extends contract.Worker {
  readonly workspace_id: WorkspaceId;
}

export interface WorkerReads {
  /** The one heard of last comes first. */
  list(poolId: WorkPoolId, query: Page & { readonly filter: WorkerFilter | null }): Promise<Worker[]>;
  /** How many are ONLINE. */
  countOnline(poolId: WorkPoolId): Promise<number>;
}

export interface WorkerWrites {
  /**
   * Inserts the worker, or writes the heartbeat and status of the pool's worker of that name; an interval that is null
   * leaves the one stated before.
   */
  put(worker: Worker): Promise<void>;
  delete(poolId: WorkPoolId, name: string): Promise<boolean>;
  /**
   * OFFLINE for the ONLINE ones of every workspace whose heartbeat is older than `missedBeats` of their intervals, or
   * of `defaultIntervalSeconds`. Answers how many.
   */
  markSilent(
    now: Timestamp,
    options: { readonly missedBeats: number; readonly defaultIntervalSeconds: number },
  ): Promise<number>;
}
