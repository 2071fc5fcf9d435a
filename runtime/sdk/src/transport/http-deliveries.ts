/** Events and log lines on their way to a server elsewhere: two shippers with a common spool. */
import type { HttpConnection } from "@sluice/client";
import { MAXIMUM_EVENT_BYTES } from "@sluice/schemas";
import type { Deliveries } from "./client-transport.ts";
import { eventLink } from "./event-link.ts";
import { logLink } from "./log-link.ts";
import { Shipper } from "./shipper.ts";
import { type Leftovers, Spool } from "./spool/spool.ts";
import type { FlushOptions } from "./transport.ts";
import { truncateLog } from "./truncate-log.ts";
import type { EventBody, LogBody } from "./wire.ts";

export interface HttpDeliveriesOptions {
  readonly connection: HttpConnection;
  readonly home: string;
  readonly spoolMaxBytes: number;
  /** Tells people about a problem. */
  readonly report: (problem: string) => void;
}

const DEFAULT_FLUSH_TIMEOUT_MS = 30_000;
const EVENT_LINGER_MS = 5;
/** People watch logs, so they needn't wait for the next batch as long as it may take. */
const LOG_LINGER_MS = 2000;
/** A log batch stays below 4 MB, one line of up to 1 MB included. */
const LOG_BATCH_LENGTH = 3_000_000;

export class HttpDeliveries implements Deliveries {
  readonly #options: HttpDeliveriesOptions;
  readonly #spool: Spool;
  readonly #events: Shipper;
  readonly #logs: Shipper;
  #leftovers: Generator<Leftovers> | null = null;
  readonly #onExit = () => this.#secure();
  readonly #onBeforeExit = () => {
    if (!this.#events.isDrained || !this.#logs.isDrained) void this.flush();
  };

  constructor(options: HttpDeliveriesOptions) {
    const { connection, report } = options;
    this.#options = options;
    this.#spool = new Spool({
      home: options.home,
      apiUrl: connection.apiUrl,
      maxBytes: options.spoolMaxBytes,
    });
    this.#events = new Shipper({
      channel: "events",
      openLink: eventLink(connection),
      spool: this.#spool,
      report,
      lingerMs: EVENT_LINGER_MS,
      batchRecords: 500,
      batchLength: 512 * 1024,
      batchesInFlight: 32,
      onConnected: () => this.#adoptLeftovers(),
    });
    this.#logs = new Shipper({
      channel: "logs",
      openLink: logLink(connection, report),
      spool: this.#spool,
      report,
      lingerMs: LOG_LINGER_MS,
      batchRecords: 5000,
      batchLength: LOG_BATCH_LENGTH,
      batchesInFlight: 1,
    });
    process.on("exit", this.#onExit);
    process.on("beforeExit", this.#onBeforeExit);
  }

  emitEvent(event: EventBody): void {
    const text = this.#encode(event);
    if (text === null) return;
    if (text.length > MAXIMUM_EVENT_BYTES / 3 && Buffer.byteLength(text) > MAXIMUM_EVENT_BYTES) {
      this.#options.report(
        `The event ${event.event} (${event.id}) was left out: it is larger than ${MAXIMUM_EVENT_BYTES} bytes.`,
      );
      return;
    }
    this.#events.accept(text);
  }

  writeLog(record: LogBody): void {
    const text = this.#encode(truncateLog(record));
    if (text !== null) this.#logs.accept(text);
  }

  async flush(options: FlushOptions = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_FLUSH_TIMEOUT_MS;
    await Promise.all([this.#events.flush(timeoutMs), this.#logs.flush(timeoutMs)]);
  }

  async close(options: FlushOptions = {}): Promise<void> {
    await this.flush(options);
    process.off("exit", this.#onExit);
    process.off("beforeExit", this.#onBeforeExit);
    this.#events.close();
    this.#logs.close();
    this.#spool.close();
  }

  /** User data may be anything, and emitting never throws. */
  #encode(value: unknown): string | null {
    try {
      return JSON.stringify(value);
    } catch (error) {
      this.#options.report(`An event or log line was left out, because it isn't JSON: ${String(error)}`);
      return null;
    }
  }

  #secure(): void {
    this.#events.secure();
    this.#logs.secure();
  }

  /** Sends what ended processes have left, one of them at a time. */
  #adoptLeftovers(): void {
    if (this.#leftovers) return;
    this.#leftovers = this.#spool.leftovers();
    this.#adoptNext();
  }

  #adoptNext(): void {
    const next = this.#leftovers?.next().value;
    if (!next) return;
    let waiting = 2;
    const done = () => {
      waiting -= 1;
      if (waiting > 0) return;
      next.release();
      setImmediate(() => this.#adoptNext()).unref();
    };
    this.#events.adopt(next.queue("events"), done);
    this.#logs.adopt(next.queue("logs"), done);
  }
}
