/**
 * `/events/out`: events as they are stored (protocol section 7.5). The client is subscribed first, then gets the
 * stored events that match, from 15 minutes ago at the earliest, then the live ones that it has not got yet: no gap,
 * and no event twice.
 *
 * Deliberate differences from upstream: `related` filters hold for live events too (trap 42), and a client that reads
 * too slowly is cut off with 1013 where upstream drops events without a word.
 */
import {
  addSeconds,
  eventFilter,
  eventWindow,
  type EventId,
  type Timestamp,
  timestampFromMilliseconds,
} from "@sluice/schemas";
import type { Broadcast } from "../../events/broadcast.ts";
import { compileEventFilter } from "../../events/event-filter.ts";
import { RecentIds } from "../../events/recent-ids.ts";
import { storedEventsAscending } from "../../events/stored-events.ts";
import type { EventFilter, EventReads, StoredEvent } from "../../store/events.ts";
import { presentEvent } from "../presenters/event-presenter.ts";
import { MAX_FILTER_BYTES, receiveFilter } from "./filter-message.ts";
import { closeAfterStream, endWithConnection } from "./live-stream.ts";
import { sendText } from "./send-queue.ts";
import type { SocketConnection, SocketRoute } from "./socket-route.ts";

/** How far back a stream reaches. */
const MAX_BACKFILL_SECONDS = 15 * 60;

export interface EventsOutOptions {
  readonly events: EventReads;
  readonly broadcast: Pick<Broadcast<StoredEvent>, "subscribe">;
  readonly now?: () => Timestamp;
}

export function eventsOutRoute(options: EventsOutOptions): SocketRoute {
  return {
    path: "/events/out",
    maxMessageBytes: MAX_FILTER_BYTES,
    serve: (connection) => serveEvents(connection, options),
  };
}

async function serveEvents(
  connection: SocketConnection,
  { events, broadcast, now = () => timestampFromMilliseconds(Date.now()) }: EventsOutOptions,
): Promise<void> {
  const message = await receiveFilter(connection, eventFilter);
  if (message === null) return;
  const { socket, workspace_id } = connection;
  const filter = streamFilter(message.filter, now());
  await using subscription = broadcast.subscribe(workspace_id, compileEventFilter(filter));
  using _undo = { [Symbol.dispose]: endWithConnection(connection, subscription) };

  const sent = new RecentIds<EventId>();
  if (message.wantsBackfill) {
    for await (const event of storedEventsAscending(events, workspace_id, filter)) {
      if (socket.readyState !== socket.OPEN || connection.stopping.aborted) break;
      sent.add(event.id);
      await sendText(socket, eventMessage(event));
    }
  }
  for (let live = await subscription.next(); live !== null; live = await subscription.next()) {
    for (const event of live) if (!sent.has(event.id)) await sendText(socket, eventMessage(event));
  }
  closeAfterStream(connection, subscription);
}

/** The stream's filter: oldest first, not too far back, and every event of a resource. */
function streamFilter(
  filter: Parameters<typeof eventWindow>[0] & EventFilterFields,
  now: Timestamp,
): EventFilter {
  const { since, until } = eventWindow(filter, now);
  const earliest = addSeconds(now, -MAX_BACKFILL_SECONDS);
  return {
    ...filter,
    occurred: { since: since > earliest ? since : earliest, until },
    resource: filter.resource ? { ...filter.resource, distinct: false } : null,
    order: "ASC",
  };
}

type EventFilterFields = Omit<EventFilter, "occurred">;

const texts = new WeakMap<StoredEvent, string>();

/** The message of an event; made once for all its subscribers. */
function eventMessage(event: StoredEvent): string {
  let text = texts.get(event);
  if (text === undefined) {
    text = `{"type":"event","event":${JSON.stringify(presentEvent(event))}}`;
    texts.set(event, text);
  }
  return text;
}
