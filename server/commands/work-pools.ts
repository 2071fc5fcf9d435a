/** Making, changing and deleting work pools; each writes its events with it (protocol sections 5.4, 5.6 and 7.3). */
import {
  DEFAULT_QUEUE_NAME,
  isReservedPoolName,
  newId,
  type WorkPoolCreate,
  type WorkPoolStatus,
  type WorkPoolUpdate,
} from "@sluice/schemas";
import { initialPoolStatus, poolStatusAfterPause } from "../orchestration/work/statuses.ts";
import { StoreConflictError } from "../store/errors.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { WorkPool, WorkPoolChanges } from "../store/work-pools.ts";
import type { NewWorkQueue } from "../store/work-queues.ts";
import { type Caller, storedActor } from "./caller.ts";
import { changedFields } from "./changed-fields.ts";
import type { CommandContext } from "./context.ts";
import { Refusal, refuseNulls } from "./errors.ts";
import { refuseUnfitDefaults } from "./job-template-defaults.ts";
import { workPoolEvent, workPoolStatusEvent, workQueueEvent } from "./work-events.ts";

/** Which changes are told as an update; a pause is told as a status. */
const TOLD_FIELDS = [
  "description",
  "base_job_template",
  "concurrency_limit",
  "storage_configuration",
] as const;

/** What may be changed of a pool with a reserved name. */
const OPEN_FIELDS: readonly string[] = ["is_paused", "concurrency_limit"];

/** @throws Refusal forbidden, unprocessable, or conflict when the name is taken */
export async function createWorkPool(
  { store, now }: CommandContext,
  caller: Caller,
  body: WorkPoolCreate,
): Promise<WorkPool> {
  if (isReservedPoolName(body.name)) {
    throw new Refusal("forbidden", "Work pools starting with 'Prefect' are reserved for internal use.");
  }
  refuseUnfitDefaults(body.base_job_template);
  try {
    return await store.transaction(async (tx) => {
      const pool = await insertWorkPool(tx, caller, body, now);
      const event = workPoolStatusEvent(pool, pool.status, now(), { id: newId(), previous: null });
      await tx.outbox.append([event]);
      return pool;
    });
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    throw new Refusal("conflict", "A work pool with this name already exists.");
  }
}

/** Writes a new pool and its default queue, and tells of both. @throws StoreConflictError when the name is taken */
export async function insertWorkPool(
  tx: StoreTransaction,
  caller: Caller,
  body: WorkPoolCreate,
  now: CommandContext["now"],
): Promise<WorkPool> {
  const moment = now();
  const owned = {
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    created_by: storedActor(caller),
    updated_by: null,
  };
  const queue: NewWorkQueue = {
    ...owned,
    id: newId(),
    name: DEFAULT_QUEUE_NAME,
    description: "The work pool's default queue.",
    is_paused: false,
    concurrency_limit: null,
    priority: 1,
    filter: null,
    last_polled: null,
    status: "NOT_READY",
    work_pool_id: newId(),
  };
  const pool: WorkPool = {
    ...body,
    ...owned,
    id: queue.work_pool_id,
    status: initialPoolStatus(body),
    default_queue_id: queue.id,
    last_transitioned_status_at: null,
    last_status_event_id: null,
  };
  await tx.workPools.create(pool);
  await tx.workQueues.create(queue);
  await tx.outbox.append([
    workQueueEvent("created", { ...queue, work_pool_name: pool.name, work_pool_type: pool.type }, moment),
    workPoolEvent("created", pool, moment),
  ]);
  return pool;
}

/** @throws Refusal not_found, forbidden, conflict */
export async function updateWorkPool(
  { store, now }: CommandContext,
  caller: Caller,
  name: string,
  body: WorkPoolUpdate,
): Promise<void> {
  if (isReservedPoolName(name) && Object.keys(body).some((key) => !OPEN_FIELDS.includes(key))) {
    throw new Refusal(
      "forbidden",
      "Work pools starting with 'Prefect' are reserved for internal use and can only be updated to set concurrency limits or pause.",
    );
  }
  await store.transaction(async (tx) => {
    const pool = await lockWorkPool(tx, caller, name);
    const changes = refuseNulls(body, ["is_paused", "base_job_template", "storage_configuration"]);
    const hasOnlineWorker = changes.is_paused === false && (await tx.workers.countOnline(pool.id)) > 0;
    const status = poolStatusAfterPause(pool, changes.is_paused, hasOnlineWorker);
    if (status) await writePoolStatus(tx, pool, status, now);
    const moment = now();
    await tx.workPools.update(pool.id, { ...changes, updated: moment, updated_by: storedActor(caller) });
    const payload = changedFields<WorkPool, (typeof TOLD_FIELDS)[number]>(pool, changes, TOLD_FIELDS);
    if (payload) await tx.outbox.append([workPoolEvent("updated", pool, moment, payload)]);
  });
}

/** Writes a status and tells it. Only for a pool that is locked. */
export async function writePoolStatus(
  tx: StoreTransaction,
  pool: WorkPool,
  status: WorkPoolStatus,
  now: CommandContext["now"],
): Promise<void> {
  const moment = now();
  const id = newId<"event">();
  const changes: WorkPoolChanges = {
    status,
    last_transitioned_status_at: moment,
    last_status_event_id: id,
    updated: moment,
  };
  await tx.workPools.update(pool.id, changes);
  await tx.outbox.append([workPoolStatusEvent(pool, status, moment, { id, previous: pool })]);
}

/** Deletes a pool with its queues and workers. @throws Refusal not_found, forbidden */
export async function deleteWorkPool(
  { store, now }: CommandContext,
  caller: Caller,
  name: string,
): Promise<void> {
  if (isReservedPoolName(name)) {
    throw new Refusal(
      "forbidden",
      "Work pools starting with 'Prefect' are reserved for internal use and can not be deleted.",
    );
  }
  await store.transaction(async (tx) => {
    const pool = await lockWorkPool(tx, caller, name);
    const queues = await tx.workQueues.listOfPool(pool.id);
    await tx.workPools.delete(pool.id);
    const moment = now();
    await tx.outbox.append([
      ...queues.map((queue) => workQueueEvent("deleted", queue, moment)),
      workPoolEvent("deleted", pool, moment),
    ]);
  });
}

/** @throws Refusal not_found */
export async function lockWorkPool(
  tx: StoreTransaction,
  { workspace_id }: Pick<Caller, "workspace_id">,
  name: string,
): Promise<WorkPool> {
  const found = await tx.workPools.readByName(workspace_id, name);
  const pool = found && (await tx.workPools.lock(workspace_id, found.id));
  if (!pool) throw workPoolNotFound(name);
  return pool;
}

export function workPoolNotFound(name: string): Refusal {
  return new Refusal("not_found", `Work pool "${name}" not found.`);
}
