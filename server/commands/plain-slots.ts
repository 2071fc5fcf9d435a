/**
 * Slots without a lease that the client knows of. Each is a lease all the same, of one limit, without a holder and
 * without an end, so that what is taken is counted in one place only. Of a limit with decay nothing needs to be kept:
 * its slots come free by themselves.
 */
import { newId, type Timestamp } from "@sluice/schemas";
import type { OccupiedConcurrencyLimit } from "../store/concurrency-limits.ts";
import { type Lease, UNTIL_GIVEN_BACK } from "../store/leases.ts";
import type { StoreTransaction } from "../store/store.ts";

type Limit = Pick<OccupiedConcurrencyLimit, "id" | "workspace_id" | "slot_decay_per_second">;

/** Takes slots of limits that are locked, whether they have room or not. */
export async function takePlainSlots(
  tx: StoreTransaction,
  limits: readonly Limit[],
  slots: number,
  moment: Timestamp,
): Promise<void> {
  if (slots === 0) return;
  const decaying = limits.filter(isDecaying);
  const steady = limits.filter((limit) => !isDecaying(limit));
  await tx.concurrencyLimits.fillDecaying(
    decaying.map(({ id }) => id),
    slots,
    moment,
  );
  if (steady.length > 0) await tx.leases.create(steady.map((limit) => plainLease(limit, slots, moment)));
}

/** Gives back plain slots of a limit that is locked, at most as many as there are. Answers with how many were not there. */
export async function giveBackPlainSlots(
  tx: StoreTransaction,
  limit: Limit,
  slots: number,
  moment: Timestamp,
): Promise<number> {
  if (isDecaying(limit)) {
    await tx.concurrencyLimits.drainDecaying([limit.id], slots);
    return 0;
  }
  let rest = slots;
  for (const lease of (await tx.leases.listOfLimits([limit.id], moment)).filter(isPlain)) {
    if (rest === 0) break;
    const returned = Math.min(rest, lease.slots);
    if (returned === lease.slots) await tx.leases.release([lease.id]);
    else await tx.leases.setSlots(lease.id, lease.slots - returned);
    rest -= returned;
  }
  return rest;
}

/**
 * Makes a limit that is locked have so many slots taken, because a person says so. Plain slots come and go first; when
 * there are still too many taken, leases lose theirs, the oldest first.
 */
export async function setOccupiedSlots(
  tx: StoreTransaction,
  limit: OccupiedConcurrencyLimit,
  slots: number,
  moment: Timestamp,
): Promise<void> {
  if (isDecaying(limit)) {
    const changes = { decaying_slots: slots, decaying_since: moment };
    await tx.concurrencyLimits.update(limit.workspace_id, limit.id, changes);
    return;
  }
  if (slots >= limit.occupied_slots) {
    await takePlainSlots(tx, [limit], slots - limit.occupied_slots, moment);
    return;
  }
  let excess = await giveBackPlainSlots(tx, limit, limit.occupied_slots - slots, moment);
  for (const lease of await tx.leases.listOfLimits([limit.id], moment)) {
    if (excess <= 0) break;
    await tx.leases.detach(limit.id, [lease.id]);
    excess -= lease.slots;
  }
  await takePlainSlots(tx, [limit], -excess, moment);
}

function plainLease({ id, workspace_id }: Limit, slots: number, moment: Timestamp): Lease {
  return {
    id: newId(),
    workspace_id,
    created: moment,
    expires: UNTIL_GIVEN_BACK,
    holder: null,
    limit_ids: [id],
    slots,
  };
}

function isPlain({ holder, expires }: Lease): boolean {
  return holder === null && expires === UNTIL_GIVEN_BACK;
}

function isDecaying({ slot_decay_per_second }: Limit): boolean {
  return slot_decay_per_second > 0;
}
