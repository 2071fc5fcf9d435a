/** Events as they happen (protocol section 7.5, `/events/out`). */
import {
  addSeconds,
  formatTimestamp,
  parseTimestamp,
  type ReceivedEventResponse,
  type Timestamp,
  timestampFromMilliseconds,
} from "@sluice/schemas";
import type { HttpConnection } from "../http/http-connection.ts";
import { type StreamSource, type SubscriptionOptions, subscribe } from "./subscription.ts";

/** An `EventFilter` as the wire has it, without `occurred`, which the subscription sets. */
export type EventStreamFilter = Readonly<Record<string, unknown>>;

export interface EventSubscriptionOptions extends SubscriptionOptions {
  /** Events from this moment on come first. The server keeps to its last 15 minutes. Default: a minute ago. */
  readonly since?: Date;
}

/** Events may arrive at the server this much out of order. */
const OVERLAP_SECONDS = 60;
const DAY_SECONDS = 86_400;

/**
 * The events that match `filter`, past ones first, until the caller breaks out of the loop.
 *
 * @example
 * for await (const event of subscribeEvents(connection, { event: { prefix: ["prefect.flow-run."] } })) …
 * @throws StreamRefused, ServerUnreachable
 */
export function subscribeEvents(
  connection: HttpConnection,
  filter: EventStreamFilter = {},
  options: EventSubscriptionOptions = {},
): AsyncGenerator<ReceivedEventResponse, void, void> {
  const start = options.since
    ? timestampFromMilliseconds(options.since.getTime())
    : addSeconds(now(), -OVERLAP_SECONDS);
  return subscribe(connection, eventSource(filter, start), options);
}

function eventSource(filter: EventStreamFilter, start: Timestamp): StreamSource<ReceivedEventResponse> {
  let since = start;
  return {
    path: "/events/out",
    filterFrame: () =>
      JSON.stringify({
        type: "filter",
        filter: {
          ...filter,
          // A stream matches live events against `until` too, so it has to lie far ahead.
          occurred: {
            since: formatTimestamp(since),
            until: formatTimestamp(addSeconds(now(), 365 * DAY_SECONDS)),
          },
        },
      }),
    readItem: (frame) => (frame as { event?: ReceivedEventResponse }).event ?? null, // a frame of the contract
    idOf: (event) => event.id,
    noteItem: (event) => {
      const replayFrom = addSeconds(parseTimestamp(event.occurred) ?? since, -OVERLAP_SECONDS);
      if (replayFrom > since) since = replayFrom;
    },
  };
}

function now(): Timestamp {
  return timestampFromMilliseconds(Date.now());
}
