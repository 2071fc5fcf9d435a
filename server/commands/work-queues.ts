/** Making, changing and deleting work queues; each writes its events with it (protocol sections 5.4, 5.6 and 7.3). */
import { newId, type WorkQueueCreate, type WorkQueueId, type WorkQueueUpdate } from "@sluice/schemas";
import { nextPriority, shiftedPriorities } from "../orchestration/work/queue-priorities.ts";
import { queueStatusAfterPause } from "../orchestration/work/statuses.ts";
import { StoreConflictError } from "../store/errors.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { WorkPool } from "../store/work-pools.ts";
import type { NewWorkQueue, WorkQueue } from "../store/work-queues.ts";
import { type Caller, storedActor } from "./caller.ts";
import { changedFields } from "./changed-fields.ts";
import type { CommandContext } from "./context.ts";
import { Refusal, refuseNulls } from "./errors.ts";
import { workQueueEvent, workQueueStatusEvent } from "./work-events.ts";
import { lockWorkPool } from "./work-pools.ts";

/** Which changes are told as an update; a pause is told as a status. */
const TOLD_FIELDS = ["name", "description", "concurrency_limit", "priority"] as const;

/** A queue by either of its two handles. */
export type WorkQueueReference =
  | { readonly id: WorkQueueId }
  | { readonly work_pool_name: string; readonly name: string };

/** @throws Refusal not_found, or conflict when the pool has a queue of that name */
export async function createWorkQueue(
  { store, now }: CommandContext,
  caller: Caller,
  poolName: string,
  body: WorkQueueCreate,
): Promise<WorkQueue> {
  try {
    return await store.transaction(async (tx) => {
      const pool = await lockWorkPool(tx, caller, poolName);
      return await insertWorkQueue(tx, caller, pool, body, now);
    });
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    throw new Refusal("conflict", `A work queue with this name already exists in work pool '${poolName}'.`);
  }
}

/**
 * Writes a new queue of a pool that is locked, and tells of it. Without a priority it gets the first that is free.
 * @throws StoreConflictError when the pool has a queue of that name
 */
export async function insertWorkQueue(
  tx: StoreTransaction,
  caller: Caller,
  pool: WorkPool,
  body: WorkQueueCreate,
  now: CommandContext["now"],
): Promise<WorkQueue> {
  const moment = now();
  const others = await tx.workQueues.listOfPool(pool.id);
  const created: NewWorkQueue = {
    ...body,
    description: body.description ?? "",
    priority: body.priority ?? nextPriority(others.map(({ priority }) => priority)),
    id: newId(),
    workspace_id: pool.workspace_id,
    work_pool_id: pool.id,
    created: moment,
    updated: moment,
    created_by: storedActor(caller),
    updated_by: null,
    last_polled: null,
    status: "NOT_READY",
  };
  const queue: WorkQueue = { ...created, work_pool_name: pool.name, work_pool_type: pool.type };
  await tx.workQueues.create(created);
  await makeWay(tx, others, queue, now);
  await tx.outbox.append([workQueueEvent("created", queue, moment)]);
  return queue;
}

/**
 * @throws Refusal not_found, or conflict for a null that can't be
 * @throws StoreConflictError when the pool has another queue of the new name
 */
export async function updateWorkQueue(
  { store, now }: CommandContext,
  caller: Caller,
  reference: WorkQueueReference,
  body: WorkQueueUpdate,
): Promise<void> {
  await store.transaction(async (tx) => {
    const { queue } = await lockWorkQueue(tx, caller, reference);
    const changes = refuseNulls(body, ["name", "description", "priority"]);
    const moment = now();
    const status = queueStatusAfterPause({ ...queue, ...changes }, changes.is_paused, moment);
    await tx.workQueues.update(queue.id, {
      ...changes,
      ...(status && { status }),
      updated: moment,
      updated_by: storedActor(caller),
    });
    const payload = changedFields<WorkQueue, (typeof TOLD_FIELDS)[number]>(queue, changes, TOLD_FIELDS);
    const changed = { ...queue, ...changes };
    if (payload) await tx.outbox.append([workQueueEvent("updated", changed, moment, payload)]);
    if (changes.priority !== undefined) {
      await makeWay(tx, await tx.workQueues.listOfPool(queue.work_pool_id), changed, now);
    }
    if (status) await tx.outbox.append([workQueueStatusEvent(changed, status, moment)]);
  });
}

/** @throws Refusal not_found, or conflict for the default queue of a pool */
export async function deleteWorkQueue(
  { store, now }: CommandContext,
  caller: Caller,
  reference: WorkQueueReference,
): Promise<void> {
  await store.transaction(async (tx) => {
    const { pool, queue } = await lockWorkQueue(tx, caller, reference);
    if (pool.default_queue_id === queue.id) {
      throw new Refusal("conflict", `'${queue.name}' is the default queue of work pool '${pool.name}'.`);
    }
    await tx.workQueues.delete(queue.id);
    await tx.outbox.append([workQueueEvent("deleted", queue, now())]);
  });
}

export function workQueueNotFound(reference: WorkQueueReference): Refusal {
  return "id" in reference
    ? new Refusal("not_found", "work queue not found")
    : new Refusal("not_found", `Work pool queue '${reference.work_pool_name}/${reference.name}' not found.`);
}

/** Under its pool's lock nobody else changes the queue. */
async function lockWorkQueue(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  reference: WorkQueueReference,
): Promise<{ readonly pool: WorkPool; readonly queue: WorkQueue }> {
  const found = await ("id" in reference
    ? tx.workQueues.read(workspace_id, reference.id)
    : tx.workQueues.readByName(workspace_id, reference.work_pool_name, reference.name));
  const pool = found && (await tx.workPools.lock(workspace_id, found.work_pool_id));
  const queue = pool && (await tx.workQueues.read(workspace_id, found.id));
  if (!queue) throw workQueueNotFound(reference);
  return { pool, queue };
}

/** Moves the other queues of a pool as far as the priority of one demands. */
async function makeWay(
  tx: StoreTransaction,
  queues: readonly WorkQueue[],
  moved: Pick<WorkQueue, "id" | "priority">,
  now: CommandContext["now"],
): Promise<void> {
  for (const { id, priority } of shiftedPriorities(queues, moved)) {
    if (id !== moved.id) await tx.workQueues.update(id, { priority, updated: now() });
  }
}
