/** Deliveries to a server elsewhere: events over its socket, log lines by requests, both as JSON texts. */
import type { HttpConnection } from "@sluice/client";
import { eventLink } from "./event-link.ts";
import { logLink, logText } from "./log-link.ts";
import { ShippedDeliveries } from "./shipped-deliveries.ts";
import type { RecordFormat } from "./shipper.ts";

export interface HttpDeliveriesOptions {
  readonly connection: HttpConnection;
  readonly home: string;
  readonly spoolMaxBytes: number;
  /** Tells people about a problem. */
  readonly report: (problem: string) => void;
}

const EVENT_LINGER_MS = 5;
const LOG_LINGER_MS = 2000;
/** A request for log lines stays below 4 MB, with one of up to 1 MB more than this. */
const LOG_BATCH_LENGTH = 3_000_000;

/** Texts are made when a record is handed over: later the caller's objects may have changed. */
const jsonTexts: RecordFormat<string> = {
  encode: (text) => text,
  decode: (text) => text,
  lengthOf: (text) => text.length,
};

export function httpDeliveries(options: HttpDeliveriesOptions): ShippedDeliveries<string, string> {
  const { connection, home, spoolMaxBytes, report } = options;
  return new ShippedDeliveries({
    home,
    spoolMaxBytes,
    report,
    apiUrl: connection.apiUrl,
    events: {
      toItem: (event) => JSON.stringify(event),
      format: jsonTexts,
      openLink: eventLink(connection),
      lingerMs: EVENT_LINGER_MS,
      batchRecords: 500,
      batchLength: 512 * 1024,
      batchesInFlight: 32,
    },
    logs: {
      toItem: logText,
      format: jsonTexts,
      openLink: logLink(connection, report),
      lingerMs: LOG_LINGER_MS,
      batchRecords: 5000,
      batchLength: LOG_BATCH_LENGTH,
      batchesInFlight: 1,
    },
  });
}
