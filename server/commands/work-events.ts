/** The events of work pools and their queues (protocol section 7.3). */
import {
  type EventId,
  type JsonObject,
  newId,
  type RelatedResource,
  secondsBetween,
  type Timestamp,
  type WorkPoolStatus,
  type WorkQueueStatus,
} from "@sluice/schemas";
import type { StoredEvent } from "../store/events.ts";
import type { WorkPool } from "../store/work-pools.ts";
import type { WorkQueue } from "../store/work-queues.ts";

/** Statuses further apart need no `follows` to be told in order. */
const CLOSE_SECONDS = 600;

type LifecycleAction = "created" | "updated" | "deleted";
type PoolFacts = Pick<WorkPool, "workspace_id" | "id" | "name" | "type">;
type QueueFacts = Pick<
  WorkQueue,
  "workspace_id" | "id" | "name" | "work_pool_id" | "work_pool_name" | "work_pool_type"
>;

/** @param payload of an update: what has changed */
export function workPoolEvent(
  action: LifecycleAction,
  pool: WorkPool,
  moment: Timestamp,
  payload: JsonObject = {},
): StoredEvent {
  return {
    ...serverEvent(pool, moment),
    event: `prefect.work-pool.${action}`,
    resource: { ...poolResource(pool), "prefect.resource.role": "work-pool" },
    related: action === "updated" ? [] : poolRelations(pool),
    payload,
  };
}

/**
 * @param previous the pool before, whose last status event this one follows
 * @param id of the event, which the pool remembers
 */
export function workPoolStatusEvent(
  pool: PoolFacts,
  status: WorkPoolStatus,
  moment: Timestamp,
  { id, previous }: { readonly id: EventId; readonly previous: WorkPool | null },
): StoredEvent {
  return {
    ...serverEvent(pool, moment),
    id,
    event: `prefect.work-pool.${inKebabCase(status)}`,
    resource: poolResource(pool),
    related: [],
    payload: {},
    follows: recentStatusEvent(previous, moment),
  };
}

/** @param payload of an update: what has changed */
export function workQueueEvent(
  action: LifecycleAction,
  queue: QueueFacts,
  moment: Timestamp,
  payload: JsonObject = {},
): StoredEvent {
  return queueEvent(action, queue, moment, payload);
}

export function workQueueStatusEvent(
  queue: QueueFacts,
  status: WorkQueueStatus,
  moment: Timestamp,
): StoredEvent {
  return queueEvent(inKebabCase(status), queue, moment, {});
}

function queueEvent(verb: string, queue: QueueFacts, moment: Timestamp, payload: JsonObject): StoredEvent {
  const pool = { id: queue.work_pool_id, name: queue.work_pool_name, type: queue.work_pool_type };
  return {
    ...serverEvent(queue, moment),
    event: `prefect.work-queue.${verb}`,
    resource: {
      "prefect.resource.id": `prefect.work-queue.${queue.id}`,
      "prefect.resource.name": queue.name,
      "prefect.resource.role": "work-queue",
    },
    related: [{ ...poolResource(pool), "prefect.resource.role": "work-pool" }],
    payload,
  };
}

function serverEvent({ workspace_id }: Pick<WorkPool, "workspace_id">, moment: Timestamp) {
  return { id: newId<"event">(), workspace_id, occurred: moment, received: moment, follows: null };
}

function poolResource({ id, name, type }: Pick<PoolFacts, "id" | "name" | "type">) {
  return {
    "prefect.resource.id": `prefect.work-pool.${id}`,
    "prefect.resource.name": name,
    "prefect.work-pool.type": type,
  };
}

function poolRelations({ default_queue_id, storage_configuration }: WorkPool): RelatedResource[] {
  const storage = storage_configuration.default_result_storage_block_id;
  const related = (kind: string, id: string, role: string) => ({
    "prefect.resource.id": `prefect.${kind}.${id}`,
    "prefect.resource.role": role,
  });
  return [
    ...(default_queue_id === null ? [] : [related("work-queue", default_queue_id, "default-queue")]),
    ...(storage === null ? [] : [related("block-document", storage, "result-storage")]),
  ];
}

function recentStatusEvent(pool: WorkPool | null, moment: Timestamp): EventId | null {
  if (!pool?.last_transitioned_status_at) return null;
  const isRecent = secondsBetween(pool.last_transitioned_status_at, moment) < CLOSE_SECONDS;
  return isRecent ? pool.last_status_event_id : null;
}

function inKebabCase(status: string): string {
  return status.toLowerCase().replaceAll("_", "-");
}
