/**
 * Deliveries to the server in this process: objects are handed over as they are. They become text only to go to disk,
 * when the process ends before the server has taken them, or when the server can't keep up.
 */
import { EMBEDDED_API_URL, type EmbeddedServer } from "./embedded-server.ts";
import type { OpenLink } from "./link.ts";
import { ShippedDeliveries } from "./shipped-deliveries.ts";
import type { RecordFormat } from "./shipper.ts";
import type { EventBody, LogBody } from "./wire.ts";

export interface EmbeddedDeliveriesOptions {
  readonly server: EmbeddedServer;
  readonly home: string;
  readonly spoolMaxBytes: number;
  /** Tells people about a problem. */
  readonly report: (problem: string) => void;
}

const LINGER_MS = 2;
/** What an event or log line takes, on average; the true size would cost as much as making the text. */
const TYPICAL_LENGTH = 1000;
const BATCH = { batchRecords: 500, batchLength: 500 * TYPICAL_LENGTH, batchesInFlight: 1 };
/** Names of the errors that say that a record isn't what the contract asks for, or can't be JSON. */
const CONTENT_ERRORS = ["ZodError", "EventTooLargeError", "TypeError"];

export function embeddedDeliveries(
  options: EmbeddedDeliveriesOptions,
): ShippedDeliveries<EventBody, LogBody> {
  const { server, home, spoolMaxBytes, report } = options;
  return new ShippedDeliveries({
    home,
    spoolMaxBytes,
    report,
    apiUrl: EMBEDDED_API_URL,
    events: {
      toItem: (event) => event,
      format: jsonObjects<EventBody>(),
      openLink: ingestLink((events) => server.ingestEvents(events)),
      lingerMs: LINGER_MS,
      ...BATCH,
    },
    logs: {
      toItem: (log) => log,
      format: jsonObjects<LogBody>(),
      openLink: ingestLink((logs) => server.ingestLogs(logs)),
      lingerMs: LINGER_MS,
      ...BATCH,
    },
    onClose: () => server.close(),
  });
}

function jsonObjects<Item>(): RecordFormat<Item> {
  return {
    encode: jsonOf,
    decode: (text) => JSON.parse(text) as Item, // written by `encode`, and checksummed since
    lengthOf: () => TYPICAL_LENGTH,
  };
}

/** What isn't JSON stays in line as something that the server refuses by name, and spoils nothing else. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    return JSON.stringify({ not_json: String(error) });
  }
}

function ingestLink<Item>(ingest: (items: readonly Item[]) => Promise<void>): OpenLink<Item> {
  return async (handlers) => {
    let total = 0;
    let isClosed = false;
    return {
      send(items) {
        ingest(items).then(
          () => {
            total += items.length;
            if (!isClosed) handlers.onConfirmed(total);
          },
          (cause: unknown) => {
            if (isClosed) return;
            isClosed = true;
            const error = cause instanceof Error ? cause : new Error(String(cause));
            handlers.onLost({ error, blamesContent: CONTENT_ERRORS.includes(error.name) });
          },
        );
      },
      // The answer of the server is the confirmation, and its work keeps the process alive.
      checkpoint: () => {},
      setKeepsAlive: () => {},
      close: () => {
        isClosed = true;
      },
    };
  };
}
