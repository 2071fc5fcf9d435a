/** Making, changing and deleting concurrency limits; each writes its event with it (protocol sections 3.9 and 7.3). */
import {
  type ConcurrencyLimitV2Create,
  type ConcurrencyLimitV2Update,
  INITIAL_SLOT_OCCUPANCY_SECONDS,
  idSchema,
  newId,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import type {
  ConcurrencyLimit,
  ConcurrencyLimitReads,
  OccupiedConcurrencyLimit,
} from "../store/concurrency-limits.ts";
import { UNTIL_GIVEN_BACK } from "../store/leases.ts";
import type { StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal, refuseNulls } from "./errors.ts";
import { type LifecycleAction, lifecycleEvent } from "./lifecycle-event.ts";
import { setOccupiedSlots, takePlainSlots } from "./plain-slots.ts";
import { deniedSlotsNow } from "./slot-wait.ts";

/** @throws StoreConflictError when the name is taken */
export async function createConcurrencyLimit(
  { store, now }: CommandContext,
  caller: Caller,
  body: ConcurrencyLimitV2Create,
): Promise<OccupiedConcurrencyLimit> {
  return await store.transaction((tx) => insertLimit(tx, caller, body, now()));
}

/** As {@link createConcurrencyLimit}, in a transaction under way. */
export async function insertLimit(
  tx: StoreTransaction,
  caller: Caller,
  { active_slots, ...body }: ConcurrencyLimitV2Create,
  moment: Timestamp,
): Promise<OccupiedConcurrencyLimit> {
  const limit: ConcurrencyLimit = {
    ...body,
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    avg_slot_occupancy_seconds: INITIAL_SLOT_OCCUPANCY_SECONDS,
    decaying_slots: 0,
    decaying_since: moment,
    created_by: storedActor(caller),
    updated_by: null,
  };
  await tx.concurrencyLimits.create(limit);
  await takePlainSlots(tx, [limit], active_slots, moment);
  await tellOfLimit(tx, "created", limit, moment);
  return { ...limit, occupied_slots: active_slots };
}

/**
 * @param reference the limit's id or name
 * @throws Refusal not_found
 * @throws StoreConflictError when the new name is taken
 */
export async function updateConcurrencyLimit(
  { store, now }: CommandContext,
  caller: Caller,
  reference: string,
  body: ConcurrencyLimitV2Update,
): Promise<void> {
  await store.transaction(async (tx) => {
    const moment = now();
    const limit = await lockLimit(tx, caller, reference, moment);
    await changeLimit(tx, caller, limit, body, moment);
  });
}

/** As {@link updateConcurrencyLimit}, of a limit that is locked. Answers with the limit as it is then. */
export async function changeLimit(
  tx: StoreTransaction,
  caller: Caller,
  limit: OccupiedConcurrencyLimit,
  body: ConcurrencyLimitV2Update,
  moment: Timestamp,
): Promise<OccupiedConcurrencyLimit> {
  const keys = ["active", "name", "limit", "active_slots", "denied_slots", "slot_decay_per_second"] as const;
  const { active_slots, ...columns } = refuseNulls(body, keys);
  const startsToDecay = limit.slot_decay_per_second === 0 && (columns.slot_decay_per_second ?? 0) > 0;
  const changes = {
    // They fade from `updated` on.
    denied_slots: deniedSlotsNow(limit, moment),
    ...columns,
    ...(startsToDecay && { decaying_slots: limit.occupied_slots, decaying_since: moment }),
    updated: moment,
    updated_by: storedActor(caller),
  };
  await tx.concurrencyLimits.update(caller.workspace_id, limit.id, changes);
  const changed = { ...limit, ...changes };
  if (active_slots !== undefined) await setOccupiedSlots(tx, changed, active_slots, moment);
  await tellOfLimit(tx, "updated", changed, moment);
  return { ...changed, occupied_slots: active_slots ?? limit.occupied_slots };
}

/** @param reference the limit's id or name @throws Refusal not_found */
export async function deleteConcurrencyLimit(
  { store, now }: CommandContext,
  caller: Caller,
  reference: string,
): Promise<void> {
  await store.transaction(async (tx) => {
    const moment = now();
    await removeLimit(tx, await lockLimit(tx, caller, reference, moment), moment);
  });
}

/** Deletes a limit that is locked. Leases that a client keeps stay with it, and limit nothing any more. */
export async function removeLimit(
  tx: StoreTransaction,
  limit: OccupiedConcurrencyLimit,
  moment: Timestamp,
): Promise<void> {
  const leases = await tx.leases.listOfLimits([limit.id], moment);
  const endless = leases.filter(({ expires }) => expires === UNTIL_GIVEN_BACK);
  await tx.leases.detach(
    limit.id,
    endless.map(({ id }) => id),
  );
  await tx.concurrencyLimits.delete(limit.workspace_id, limit.id);
  await tellOfLimit(tx, "deleted", limit, moment);
}

const limitId = idSchema<"concurrency-limit">();

/** The limit of an id or a name; a text that could be an id is one. */
export async function findLimit(
  limits: ConcurrencyLimitReads,
  workspaceId: WorkspaceId,
  reference: string,
  now: Timestamp,
): Promise<OccupiedConcurrencyLimit | null> {
  const id = limitId.safeParse(reference);
  return await (id.success
    ? limits.read(workspaceId, id.data, now)
    : limits.readByName(workspaceId, reference, now));
}

export function limitNotFound(): Refusal {
  return new Refusal("not_found", "Concurrency Limit not found");
}

async function lockLimit(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  reference: string,
  moment: Timestamp,
): Promise<OccupiedConcurrencyLimit> {
  const found = await findLimit(tx.concurrencyLimits, workspace_id, reference, moment);
  const [limit] = found ? await tx.concurrencyLimits.lockByName(workspace_id, [found.name], moment) : [];
  if (!limit) throw limitNotFound();
  return limit;
}

async function tellOfLimit(
  tx: StoreTransaction,
  action: LifecycleAction,
  { workspace_id, id, name, limit, active, slot_decay_per_second }: ConcurrencyLimit,
  moment: Timestamp,
): Promise<void> {
  const payload = { name, limit, active, slot_decay_per_second };
  const fact = { workspace_id, kind: "concurrency-limit", id, name, payload };
  await tx.outbox.append([lifecycleEvent(action, fact, moment)]);
}
