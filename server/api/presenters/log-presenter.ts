import { formatTimestamp } from "@sluice/schemas";
import type { Log } from "../../store/logs.ts";

export function presentLog(log: Log) {
  return {
    id: log.id,
    created: formatTimestamp(log.created),
    // A log line is never changed.
    updated: formatTimestamp(log.created),
    name: log.name,
    level: log.level,
    message: log.message,
    timestamp: formatTimestamp(log.timestamp),
    flow_run_id: log.flow_run_id,
    task_run_id: log.task_run_id,
  };
}
