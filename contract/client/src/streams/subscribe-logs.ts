/** Log lines as they are written (`/logs/out`). The stream itself has no past: a gap is filled from `/logs/filter`. */
import {
  addSeconds,
  formatTimestamp,
  type LogResponse,
  parseTimestamp,
  type Timestamp,
  timestampFromMilliseconds,
} from "@sluice/schemas";
import type { HttpConnection } from "../http/http-connection.ts";
import { type StreamSource, type SubscriptionOptions, subscribe } from "./subscription.ts";

/** A `LogFilter` as the wire has it, without `timestamp`, which the subscription sets. */
export type LogStreamFilter = Readonly<Record<string, unknown>>;

const OVERLAP_SECONDS = 60;
const DAY_SECONDS = 86_400;
const PAGE_SIZE = 200;

/**
 * The log lines that match `filter`, until the caller breaks out of the loop.
 *
 * @example
 * for await (const log of subscribeLogs(connection, { flow_run_id: { any_: [id] } })) console.log(log.message);
 * @throws StreamRefused, ServerUnreachable
 */
export function subscribeLogs(
  connection: HttpConnection,
  filter: LogStreamFilter = {},
  options: SubscriptionOptions = {},
): AsyncGenerator<LogResponse, void, void> {
  return subscribe(connection, logSource(connection, filter), options);
}

function logSource(connection: HttpConnection, filter: LogStreamFilter): StreamSource<LogResponse> {
  let since = addSeconds(now(), -OVERLAP_SECONDS);
  const currentFilter = () => ({
    ...filter,
    timestamp: {
      after_: formatTimestamp(since),
      before_: formatTimestamp(addSeconds(now(), 365 * DAY_SECONDS)),
    },
  });
  return {
    path: "/logs/out",
    filterFrame: () => JSON.stringify({ type: "filter", filter: currentFilter() }),
    readItem: (frame) => (frame as { log?: LogResponse }).log ?? null, // a frame of the contract
    idOf: (log) => log.id,
    noteItem: (log) => {
      const replayFrom = addSeconds(parseTimestamp(log.timestamp) ?? since, -OVERLAP_SECONDS);
      if (replayFrom > since) since = replayFrom;
    },
    missedItems: () => readLogPages(connection, currentFilter()),
  };
}

async function* readLogPages(connection: HttpConnection, logs: unknown): AsyncGenerator<LogResponse> {
  for (let offset = 0; ; offset += PAGE_SIZE) {
    const body = JSON.stringify({ logs, sort: "TIMESTAMP_ASC", limit: PAGE_SIZE, offset });
    const answer = await connection.request({ method: "POST", path: "/logs/filter", body });
    const page = JSON.parse(answer.text) as LogResponse[]; // the contract's 200 body
    yield* page;
    if (page.length < PAGE_SIZE) return;
  }
}

function now(): Timestamp {
  return timestampFromMilliseconds(Date.now());
}
