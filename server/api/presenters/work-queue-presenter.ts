import { formatTimestamp } from "@sluice/schemas";
import type { WorkQueue } from "../../store/work-queues.ts";
import { momentOrNull } from "./moments.ts";

/** @param activeSlots runs that hold a slot; shown when the queue has a limit */
export function presentWorkQueue(queue: WorkQueue, activeSlots: number) {
  return {
    id: queue.id,
    created: formatTimestamp(queue.created),
    updated: formatTimestamp(queue.updated),
    name: queue.name,
    description: queue.description,
    is_paused: queue.is_paused,
    concurrency_limit: queue.concurrency_limit,
    priority: queue.priority,
    work_pool_id: queue.work_pool_id,
    filter: queue.filter,
    last_polled: momentOrNull(queue.last_polled),
    work_pool_name: queue.work_pool_name,
    status: queue.status,
    active_slots: queue.concurrency_limit === null ? null : activeSlots,
  };
}
