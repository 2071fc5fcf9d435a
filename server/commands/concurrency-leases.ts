/** Taking, keeping and giving back slots of concurrency limits (protocol section 3.9). Leases are the only truth. */
import { addSeconds, type IncrementWithLease, type LeaseId, newId, secondsBetween } from "@sluice/schemas";
import type { OccupiedConcurrencyLimit } from "../store/concurrency-limits.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal, unprocessable } from "./errors.ts";
import { averageOccupancy, deniedSlotsNow, retryAfterSeconds } from "./slot-wait.ts";

export interface AcquiredSlots {
  readonly lease_id: LeaseId;
  /** Every limit of those names that exists, inactive ones included. */
  readonly limits: readonly OccupiedConcurrencyLimit[];
}

interface RefusedSlots {
  readonly refused: readonly OccupiedConcurrencyLimit[];
}

/**
 * Takes slots of all the active limits named, or of none. Unknown names limit nothing.
 * @throws Refusal locked with `Retry-After`, unprocessable when they could never be granted
 */
export async function acquireSlots(
  { store, now, random }: CommandContext,
  { workspace_id }: Caller,
  request: IncrementWithLease,
): Promise<AcquiredSlots> {
  const { names, slots } = request;
  const outcome = await store.transaction<AcquiredSlots | RefusedSlots>(async (tx) => {
    const moment = now();
    const limits = await tx.concurrencyLimits.lockByName(workspace_id, names, moment);
    const active = limits.filter((limit) => limit.active);
    requireGrantable(active, request);
    const isFree = active.every((limit) => limit.occupied_slots + slots <= limit.limit);
    if (!isFree) {
      // Remembered although the request is refused: it makes the waits told next longer.
      for (const limit of active) {
        const denied_slots = deniedSlotsNow(limit, moment) + slots;
        await tx.concurrencyLimits.update(workspace_id, limit.id, { denied_slots, updated: moment });
      }
      return { refused: active };
    }
    const lease = {
      id: newId<"lease">(),
      workspace_id,
      created: moment,
      expires: addSeconds(moment, request.lease_duration),
      holder: request.holder,
      limit_ids: active.map(({ id }) => id),
      slots,
    };
    await tx.leases.create([lease]);
    return { lease_id: lease.id, limits };
  });
  if (!("refused" in outcome)) return outcome;
  const seconds = retryAfterSeconds(outcome.refused, slots, random());
  throw new Refusal("locked", "Locked", { "retry-after": String(seconds) });
}

function requireGrantable(
  active: readonly OccupiedConcurrencyLimit[],
  { slots, mode }: IncrementWithLease,
): void {
  if (active.some(({ limit }) => limit < slots)) {
    throw unprocessable("Slots requested is greater than the limit");
  }
  const steady = active.filter((limit) => limit.slot_decay_per_second === 0);
  if (mode === "rate_limit" && steady.length > 0) {
    const names = steady.map(({ name }) => name).join(",");
    throw unprocessable(
      "Only concurrency limits with slot decay can be used for rate limiting. " +
        `The following limits do not have a decay configured: '${names}'`,
    );
  }
}

/** Gives the slots of a lease back; an unknown lease is fine. What it held teaches how long slots are held. */
export async function releaseLease({ store, now }: CommandContext, id: LeaseId): Promise<void> {
  await store.transaction(async (tx) => {
    const [lease] = await tx.leases.release([id]);
    if (!lease) return;
    const moment = now();
    const seconds = secondsBetween(lease.created, moment);
    for (const limitId of lease.limit_ids) await learnOccupancy(tx, lease, limitId, seconds, moment);
  });
}

type Lease = Awaited<ReturnType<StoreTransaction["leases"]["release"]>>[number];

async function learnOccupancy(
  tx: StoreTransaction,
  { workspace_id, slots }: Lease,
  limitId: Lease["limit_ids"][number],
  seconds: number,
  moment: Lease["created"],
): Promise<void> {
  const limit = await tx.concurrencyLimits.read(workspace_id, limitId, moment);
  if (!limit?.active) return;
  await tx.concurrencyLimits.update(workspace_id, limitId, {
    avg_slot_occupancy_seconds: averageOccupancy(limit, slots, seconds),
    denied_slots: deniedSlotsNow(limit, moment),
    updated: moment,
  });
}

/** Moves the end of a lease. @throws Refusal gone when it has expired or was given back */
export async function renewLease(
  { store, now }: CommandContext,
  id: LeaseId,
  leaseSeconds: number,
): Promise<void> {
  const renewed = await store.transaction((tx) => {
    const moment = now();
    return tx.leases.renew(id, moment, addSeconds(moment, leaseSeconds));
  });
  if (!renewed) throw new Refusal("gone", "Lease not found - it may have expired or been revoked");
}
