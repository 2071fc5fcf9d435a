/** The statuses of work pools and queues, from what is known about them (protocol section 5.6). */
import {
  addSeconds,
  hasPoolStatus,
  type Timestamp,
  type WorkPoolStatus,
  type WorkQueueStatus,
} from "@sluice/schemas";

/** A queue that nobody has polled for so long is not ready. */
export const POLL_TIMEOUT_SECONDS = 60;

/** The status of a new pool. */
export function initialPoolStatus(pool: {
  readonly type: string;
  readonly is_paused: boolean;
}): WorkPoolStatus {
  return pool.is_paused && hasPoolStatus(pool) ? "PAUSED" : "NOT_READY";
}

/** The status that a pool gets when somebody says whether it is paused; null: it keeps the one it has. */
export function poolStatusAfterPause(
  pool: { readonly type: string },
  isPaused: boolean | undefined,
  hasOnlineWorker: boolean,
): WorkPoolStatus | null {
  if (isPaused === undefined || !hasPoolStatus(pool)) return null;
  if (isPaused) return "PAUSED";
  return hasOnlineWorker ? "READY" : "NOT_READY";
}

/** The status that a queue gets when somebody says whether it is paused; null: it keeps the one it has. */
export function queueStatusAfterPause(
  queue: { readonly status: WorkQueueStatus; readonly last_polled: Timestamp | null },
  isPaused: boolean | undefined,
  now: Timestamp,
): WorkQueueStatus | null {
  if (isPaused === undefined || isPaused === (queue.status === "PAUSED")) return null;
  if (isPaused) return "PAUSED";
  return isPolled(queue.last_polled, now) ? "READY" : "NOT_READY";
}

/** True when the last poll is not too long ago. */
export function isPolled(lastPolled: Timestamp | null, now: Timestamp): boolean {
  return lastPolled !== null && lastPolled >= addSeconds(now, -POLL_TIMEOUT_SECONDS);
}
