/** Storing through a bounded queue on behalf of a request: it waits, but not for ever. */
import { setTimeout as delay } from "node:timers/promises";
import type { EventIngest } from "./event-ingest.ts";
import type { StoredEvent } from "../store/events.ts";

/** The server can't take this now; the same request may succeed later. HTTP 503 with `Retry-After`. */
export class OverloadedError extends Error {
  override readonly name = "OverloadedError";
  readonly retryable = true;
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds = 1) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** One event of a request is past the bound. HTTP 422. */
export class EventTooLargeError extends Error {
  override readonly name = "EventTooLargeError";
  readonly retryable = false;
}

/** How long a request waits for room in the queue. */
export const ROOM_TIMEOUT_MS = 5000;
/** How long it then waits for the store. Its sender gives up after a minute. */
export const STORE_TIMEOUT_MS = 30_000;

/**
 * Stores events and returns when they are stored.
 *
 * @param bytes size of the request, to be counted against the queue's bound
 * @throws OverloadedError when there is no room in time, or the store does not answer in time. In the second case the
 * events may be stored yet; sending them again is harmless, since ids are stored once.
 */
export async function acceptEvents(
  ingest: EventIngest,
  events: readonly StoredEvent[],
  bytes: number,
  timeouts = { roomMs: ROOM_TIMEOUT_MS, storeMs: STORE_TIMEOUT_MS },
): Promise<void> {
  if (events.length === 0) return;
  if (ingest.isFull) await within(ingest.whenRoom(), timeouts.roomMs, "Too many events wait to be stored");
  if (!ingest.isOpen) throw new OverloadedError("The server takes no events at the moment");
  const bytesEach = Math.ceil(bytes / events.length);
  let position = 0;
  for (const event of events) position = ingest.add(event, bytesEach);
  await within(ingest.stored(position), timeouts.storeMs, "The events could not be stored in time");
}

/** @throws OverloadedError with `message` when `work` takes longer, or fails */
export async function within(work: Promise<void>, timeoutMs: number, message: string): Promise<void> {
  const timer = new AbortController();
  const done = work.then(
    () => true,
    () => false,
  );
  const isDone = await Promise.race([
    done,
    delay(timeoutMs, false, { signal: timer.signal }).catch(() => false),
  ]);
  timer.abort();
  if (!isDone) throw new OverloadedError(message);
}
