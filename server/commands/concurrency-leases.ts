/** Taking, keeping and giving back slots of concurrency limits (protocol section 3.9). Leases are the only truth. */
import {
  addSeconds,
  type DecrementSlots,
  type IncrementSlots,
  type IncrementWithLease,
  type LeaseId,
  newId,
  secondsBetween,
  type Timestamp,
} from "@sluice/schemas";
import type { OccupiedConcurrencyLimit } from "../store/concurrency-limits.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal, unprocessable } from "./errors.ts";
import { giveBackPlainSlots, takePlainSlots } from "./plain-slots.ts";
import { averageOccupancy, deniedSlotsNow, retryAfterSeconds } from "./slot-wait.ts";

export interface AcquiredSlots {
  readonly lease_id: LeaseId;
  /** Every limit of those names that exists, inactive ones included. */
  readonly limits: readonly OccupiedConcurrencyLimit[];
}

type SlotRequest = Pick<IncrementWithLease, "names" | "slots" | "mode">;

/**
 * Takes slots of all the active limits named, or of none, for a time. Unknown names limit nothing.
 * @throws Refusal locked with `Retry-After`, unprocessable when they could never be granted
 */
export async function acquireSlots(
  context: CommandContext,
  caller: Caller,
  request: IncrementWithLease,
): Promise<AcquiredSlots> {
  const lease_id = newId<"lease">();
  const limits = await takeSlots(context, caller, request, async (tx, active, moment) => {
    const lease = {
      id: lease_id,
      workspace_id: caller.workspace_id,
      created: moment,
      expires: addSeconds(moment, request.lease_duration),
      holder: request.holder,
      limit_ids: active.map(({ id }) => id),
      slots: request.slots,
    };
    await tx.leases.create([lease]);
  });
  return { lease_id, limits };
}

/**
 * As {@link acquireSlots}, but until {@link returnSlots}: for clients that keep no lease.
 * @throws Refusal locked with `Retry-After`, unprocessable when they could never be granted
 */
export async function occupySlots(
  context: CommandContext,
  caller: Caller,
  request: IncrementSlots,
): Promise<readonly OccupiedConcurrencyLimit[]> {
  return await takeSlots(context, caller, request, (tx, active, moment) =>
    takePlainSlots(tx, active, request.slots, moment),
  );
}

interface RefusedSlots {
  readonly refused: readonly OccupiedConcurrencyLimit[];
}

/** @param take writes what is taken of the active limits; they are locked and have room */
async function takeSlots(
  { store, now, random }: CommandContext,
  { workspace_id }: Caller,
  request: SlotRequest,
  take: (
    tx: StoreTransaction,
    active: readonly OccupiedConcurrencyLimit[],
    moment: Timestamp,
  ) => Promise<void>,
): Promise<readonly OccupiedConcurrencyLimit[]> {
  const { names, slots } = request;
  const outcome = await store.transaction<readonly OccupiedConcurrencyLimit[] | RefusedSlots>(async (tx) => {
    const moment = now();
    const limits = await tx.concurrencyLimits.lockByName(workspace_id, names, moment);
    const active = limits.filter((limit) => limit.active);
    requireGrantable(active, request);
    const isFree = active.every((limit) => limit.occupied_slots + slots <= limit.limit);
    if (isFree) {
      await take(tx, active, moment);
      return limits;
    }
    // Remembered although the request is refused: it makes the waits told next longer.
    for (const limit of active) {
      const denied_slots = deniedSlotsNow(limit, moment) + slots;
      await tx.concurrencyLimits.update(workspace_id, limit.id, { denied_slots, updated: moment });
    }
    return { refused: active };
  });
  if (!("refused" in outcome)) return outcome;
  const seconds = retryAfterSeconds(outcome.refused, slots, random());
  throw new Refusal("locked", "Locked", { "retry-after": String(seconds) });
}

function requireGrantable(active: readonly OccupiedConcurrencyLimit[], { slots, mode }: SlotRequest): void {
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
    const held = { slots: lease.slots, seconds: secondsBetween(lease.created, moment) };
    for (const limitId of lease.limit_ids) {
      const limit = await tx.concurrencyLimits.read(lease.workspace_id, limitId, moment);
      if (limit?.active) await learnOccupancy(tx, limit, held, moment);
    }
  });
}

/** Gives back slots that {@link occupySlots} took, at most as many as are taken. Answers with the limits that exist. */
export async function returnSlots(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  { names, slots, occupancy_seconds }: DecrementSlots,
): Promise<readonly OccupiedConcurrencyLimit[]> {
  return await store.transaction(async (tx) => {
    const moment = now();
    const limits = await tx.concurrencyLimits.lockByName(workspace_id, names, moment);
    for (const limit of limits.filter(({ active }) => active)) {
      await giveBackPlainSlots(tx, limit, slots, moment);
      const held = occupancy_seconds == null ? null : { slots, seconds: occupancy_seconds };
      await learnOccupancy(tx, limit, held, moment);
    }
    return limits;
  });
}

/** @param held null: slots came back, and nobody knows after how long */
async function learnOccupancy(
  tx: StoreTransaction,
  limit: OccupiedConcurrencyLimit,
  held: { readonly slots: number; readonly seconds: number } | null,
  moment: Timestamp,
): Promise<void> {
  await tx.concurrencyLimits.update(limit.workspace_id, limit.id, {
    ...(held && { avg_slot_occupancy_seconds: averageOccupancy(limit, held.slots, held.seconds) }),
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
