import type { Timestamp, WorkspaceId } from "@sluice/schemas";
import type { LeaseEffect } from "../orchestration/decision.ts";
import type { Lease } from "../store/leases.ts";
import type { StoreTransaction } from "../store/store.ts";

export interface LeaseWrite {
  readonly workspace_id: WorkspaceId;
  readonly effect: LeaseEffect;
}

/** Carries out what decisions said about leases. They were decided under the limits' locks, so slots are free. */
export async function writeLeases(
  { leases }: StoreTransaction,
  writes: readonly LeaseWrite[],
  now: Timestamp,
): Promise<void> {
  const acquired: Lease[] = [];
  const released = [];
  for (const { workspace_id, effect } of writes) {
    switch (effect.kind) {
      case "acquire_lease":
        acquired.push({ ...effect.lease, workspace_id, created: now, slots: 1 });
        break;
      case "release_lease":
        released.push(effect.lease_id);
        break;
      case "renew_lease":
        await leases.renew(effect.lease_id, now, effect.expires);
        break;
      case "release_leases_of_holder":
        await leases.releaseOfHolder(workspace_id, effect.holder);
        break;
    }
  }
  if (released.length > 0) await leases.release(released);
  if (acquired.length > 0) await leases.create(acquired);
}
