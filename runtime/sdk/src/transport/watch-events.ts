/** Events as they happen, for those who look themselves from time to time: a wake-up, never the only way to know. */
import { type EventStreamFilter, type HttpConnection, StreamRefused, subscribeEvents } from "@sluice/client";
import { sleep } from "../clock.ts";

/** The part of an event that a wake-up is decided by. */
export interface WatchedEvent {
  readonly event: string;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** Between tries to reach a server that doesn't answer. */
const RECONNECT_SECONDS = 5;

/** Calls `onEvent` for matching events until the returned function is called. Gives up when the server has no stream. */
export function watchEvents(
  connection: HttpConnection,
  filter: EventStreamFilter,
  onEvent: (event: WatchedEvent) => void,
): () => void {
  const stopping = new AbortController();
  void listen(connection, filter, onEvent, stopping.signal);
  return () => stopping.abort();
}

async function listen(
  connection: HttpConnection,
  filter: EventStreamFilter,
  onEvent: (event: WatchedEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of subscribeEvents(connection, filter, { signal })) {
        if (!signal.aborted) onEvent(event);
      }
    } catch (error) {
      if (error instanceof StreamRefused) return;
      await sleep(RECONNECT_SECONDS, signal).catch(() => {});
    }
  }
}
