import { formatTimestamp } from "@sluice/schemas";
import type { Worker } from "../../store/workers.ts";

export function presentWorker(worker: Worker) {
  return {
    id: worker.id,
    created: formatTimestamp(worker.created),
    updated: formatTimestamp(worker.updated),
    name: worker.name,
    work_pool_id: worker.work_pool_id,
    last_heartbeat_time: formatTimestamp(worker.last_heartbeat_time),
    heartbeat_interval_seconds: worker.heartbeat_interval_seconds,
    status: worker.status,
  };
}
