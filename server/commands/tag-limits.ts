/**
 * The concurrency limits of tags as their first version had them: a limit named `tag:<tag>`, and slots that task runs
 * hold without keeping a lease (protocol section 3.9). Here each such slot is a lease that ends when it is given back.
 */
import {
  type ConcurrencyLimitCreate,
  newId,
  type TagSlots,
  type TaskRunId,
  type Timestamp,
} from "@sluice/schemas";
import type { OccupiedConcurrencyLimit } from "../store/concurrency-limits.ts";
import { StoreConflictError } from "../store/errors.ts";
import { type Lease, UNTIL_GIVEN_BACK } from "../store/leases.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import { changeLimit, insertLimit, removeLimit } from "./concurrency-limits.ts";
import type { CommandContext } from "./context.ts";
import { notFound, Refusal } from "./errors.ts";

const PREFIX = "tag:";

/** How long a task run should wait that finds no slot, in seconds. */
const RETRY_AFTER_SECONDS = 10;

export function limitNameOf(tag: string): string {
  return PREFIX + tag;
}

/** Null for a limit that is not one of a tag. */
export function tagOf({ name }: Pick<OccupiedConcurrencyLimit, "name">): string | null {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : null;
}

/** Limits a tag, or changes its limit. */
export async function putTagLimit(
  context: CommandContext,
  caller: Caller,
  body: ConcurrencyLimitCreate,
): Promise<{ readonly limit: OccupiedConcurrencyLimit; readonly created: boolean }> {
  try {
    return await tryPutTagLimit(context, caller, body);
  } catch (error) {
    // Somebody else made it at the same moment: now it is there to be changed.
    if (error instanceof StoreConflictError) return await tryPutTagLimit(context, caller, body);
    throw error;
  }
}

async function tryPutTagLimit(
  { store, now }: CommandContext,
  caller: Caller,
  { tag, concurrency_limit }: ConcurrencyLimitCreate,
): Promise<{ readonly limit: OccupiedConcurrencyLimit; readonly created: boolean }> {
  const name = limitNameOf(tag);
  return await store.transaction(async (tx) => {
    const moment = now();
    const [existing] = await tx.concurrencyLimits.lockByName(caller.workspace_id, [name], moment);
    if (existing) {
      const limit = await changeLimit(tx, caller, existing, { limit: concurrency_limit }, moment);
      return { limit, created: false };
    }
    const initial = { active: true, active_slots: 0, denied_slots: 0, slot_decay_per_second: 0 };
    const limit = await insertLimit(tx, caller, { ...initial, name, limit: concurrency_limit }, moment);
    return { limit, created: true };
  });
}

/** @throws Refusal not_found */
export async function deleteTagLimit(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  tag: string,
): Promise<void> {
  await store.transaction(async (tx) => {
    const moment = now();
    const [limit] = await tx.concurrencyLimits.lockByName(workspace_id, [limitNameOf(tag)], moment);
    if (!limit) throw tagLimitNotFound();
    await removeLimit(tx, limit, moment);
  });
}

/** Takes a tag's slots from whoever holds them and gives them to these task runs. @throws Refusal not_found */
export async function resetTagLimit(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  tag: string,
  holders: readonly TaskRunId[],
): Promise<void> {
  await store.transaction(async (tx) => {
    const moment = now();
    const [limit] = await tx.concurrencyLimits.lockByName(workspace_id, [limitNameOf(tag)], moment);
    if (!limit) throw tagLimitNotFound();
    await freeSlots(tx, limit, await tx.leases.listOfLimits([limit.id], moment));
    await tx.leases.create(holders.map((holder) => slotOf(limit, holder, moment)));
  });
}

/**
 * Takes a slot of each tag for a task run, or of none. Tags without a limit, or with an inactive one, limit nothing.
 * @throws Refusal locked, with `Retry-After` unless waiting can't help
 */
export async function takeTagSlots(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  { names, task_run_id }: TagSlots,
): Promise<readonly OccupiedConcurrencyLimit[]> {
  return await store.transaction(async (tx) => {
    const moment = now();
    const limits = await lockTagLimits(tx, workspace_id, names, moment);
    for (const limit of limits) {
      if (limit.limit === 0) throw new Refusal("locked", deadlockWords(limit));
    }
    const active = limits.filter((limit) => limit.active);
    const full = active.find(({ occupied_slots, limit }) => occupied_slots + 1 > limit);
    if (full) {
      throw new Refusal("locked", `Concurrency limit for the ${tagOf(full)} tag has been reached`, {
        "retry-after": String(RETRY_AFTER_SECONDS),
      });
    }
    await tx.leases.create(active.map((limit) => slotOf(limit, task_run_id, moment)));
    return active;
  });
}

/** Gives back whatever a task run holds of these tags. Answers with the limits that exist. */
export async function returnTagSlots(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  { names, task_run_id }: TagSlots,
): Promise<readonly OccupiedConcurrencyLimit[]> {
  return await store.transaction(async (tx) => {
    const moment = now();
    const limits = await lockTagLimits(tx, workspace_id, names, moment);
    for (const limit of limits) {
      const leases = await tx.leases.listOfLimits([limit.id], moment);
      await freeSlots(
        tx,
        limit,
        leases.filter(({ holder }) => holder?.id === task_run_id),
      );
    }
    return limits;
  });
}

export function tagLimitNotFound(): Refusal {
  return notFound("Concurrency limit");
}

/** Locks the limits of tags and answers with them in the order of the tags. */
async function lockTagLimits(
  tx: StoreTransaction,
  workspaceId: Caller["workspace_id"],
  tags: readonly string[],
  moment: Timestamp,
): Promise<OccupiedConcurrencyLimit[]> {
  const names = [...new Set(tags.map(limitNameOf))];
  const limits = await tx.concurrencyLimits.lockByName(workspaceId, names, moment);
  const byName = new Map(limits.map((limit) => [limit.name, limit]));
  return names.flatMap((name) => byName.get(name) ?? []);
}

function deadlockWords(limit: OccupiedConcurrencyLimit): string {
  return `The concurrency limit on tag "${tagOf(limit)}" is 0 and will deadlock if the task tries to run again.`;
}

/** Takes the limit's slots out of leases; what these hold of other limits stays theirs. */
async function freeSlots(
  tx: StoreTransaction,
  limit: OccupiedConcurrencyLimit,
  leases: readonly Lease[],
): Promise<void> {
  await tx.leases.detach(
    limit.id,
    leases.map(({ id }) => id),
  );
  const slots = leases.reduce((sum, lease) => sum + lease.slots, 0);
  await tx.concurrencyLimits.drainDecaying([limit.id], slots);
}

function slotOf(limit: OccupiedConcurrencyLimit, taskRunId: TaskRunId, moment: Timestamp): Lease {
  return {
    id: newId(),
    workspace_id: limit.workspace_id,
    created: moment,
    expires: UNTIL_GIVEN_BACK,
    holder: { type: "task_run", id: taskRunId },
    limit_ids: [limit.id],
    slots: 1,
  };
}
