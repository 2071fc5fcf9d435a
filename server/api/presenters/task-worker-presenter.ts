import { formatTimestamp, type Timestamp } from "@sluice/schemas";
import type { TaskWorker } from "../../store/task-queue.ts";

/** A task worker as clients read it, from the connections that it has open. */
export function presentTaskWorker(connections: readonly TaskWorker[]) {
  // The larger of two moments is one.
  const seen = Math.max(...connections.map((connection) => connection.seen)) as Timestamp;
  return {
    identifier: connections[0]?.identifier ?? "",
    task_keys: [...new Set(connections.flatMap(({ task_keys }) => task_keys))],
    timestamp: formatTimestamp(seen),
  };
}
