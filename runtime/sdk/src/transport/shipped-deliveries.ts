/** Events and log lines on their way to a server: two shippers with a common spool. */
import { MAXIMUM_EVENT_BYTES } from "@sluice/schemas";
import type { Deliveries } from "./client-transport.ts";
import type { OpenLink } from "./link.ts";
import { type RecordFormat, Shipper } from "./shipper.ts";
import { type Leftovers, Spool, type SpoolChannel } from "./spool/spool.ts";
import type { FlushOptions } from "./transport.ts";
import { truncateLog } from "./truncate-log.ts";
import type { EventBody, LogBody } from "./wire.ts";

/** One way for one kind of record. */
export interface Route<Body, Item> {
  /** Makes a record of what was handed over; null when there is nothing to send. May throw. */
  readonly toItem: (body: Body) => Item | null;
  readonly format: RecordFormat<Item>;
  readonly openLink: OpenLink<Item>;
  readonly lingerMs: number;
  readonly batchRecords: number;
  readonly batchLength: number;
  readonly batchesInFlight: number;
}

export interface ShippedDeliveriesOptions<EventItem, LogItem> {
  readonly events: Route<EventBody, EventItem>;
  readonly logs: Route<LogBody, LogItem>;
  /** Names the spool: what one process leaves for a server, the next one sends to the same. */
  readonly apiUrl: string;
  readonly home: string;
  readonly spoolMaxBytes: number;
  /** Tells people about a problem. */
  readonly report: (problem: string) => void;
  /** Called last in {@link ShippedDeliveries.close}. */
  readonly onClose?: () => Promise<void>;
}

const DEFAULT_FLUSH_TIMEOUT_MS = 30_000;

export class ShippedDeliveries<EventItem, LogItem> implements Deliveries {
  readonly #options: ShippedDeliveriesOptions<EventItem, LogItem>;
  readonly #spool: Spool;
  readonly #events: Shipper<EventItem>;
  readonly #logs: Shipper<LogItem>;
  #leftovers: Generator<Leftovers> | null = null;
  readonly #onExit = () => this.#secure();
  readonly #onBeforeExit = () => {
    if (!this.#events.isDrained || !this.#logs.isDrained) void this.flush();
  };

  constructor(options: ShippedDeliveriesOptions<EventItem, LogItem>) {
    this.#options = options;
    this.#spool = new Spool({
      home: options.home,
      apiUrl: options.apiUrl,
      maxBytes: options.spoolMaxBytes,
    });
    this.#events = this.#shipper("events", options.events, () => this.#adoptLeftovers());
    this.#logs = this.#shipper("logs", options.logs);
    process.on("exit", this.#onExit);
    process.on("beforeExit", this.#onBeforeExit);
  }

  emitEvent(event: EventBody): void {
    const item = this.#convert(this.#options.events, event);
    if (item === null) return;
    const { format } = this.#options.events;
    // Cheap for all but giants: a character is at most three bytes.
    if (format.lengthOf(item) > MAXIMUM_EVENT_BYTES / 3) {
      const bytes = Buffer.byteLength(format.encode(item));
      if (bytes > MAXIMUM_EVENT_BYTES) return this.#reportTooLarge(event, bytes);
    }
    this.#events.accept(item);
  }

  writeLog(record: LogBody): void {
    const item = this.#convert(this.#options.logs, truncateLog(record));
    if (item !== null) this.#logs.accept(item);
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
    await this.#options.onClose?.();
  }

  #shipper<Body, Item>(
    channel: SpoolChannel,
    route: Route<Body, Item>,
    onConnected?: () => void,
  ): Shipper<Item> {
    const { spool, report } = { spool: this.#spool, report: this.#options.report };
    return new Shipper({ channel, spool, report, ...route, ...(onConnected ? { onConnected } : {}) });
  }

  /** User data may be anything, and handing it over never throws. */
  #convert<Body, Item>(route: Route<Body, Item>, body: Body): Item | null {
    try {
      return route.toItem(body);
    } catch (error) {
      this.#options.report(`An event or log line was left out, because it isn't JSON: ${String(error)}`);
      return null;
    }
  }

  #reportTooLarge(event: EventBody, bytes: number): void {
    this.#options.report(
      `The event ${event.event} (${event.id}) was left out: it has ${bytes} bytes, ${MAXIMUM_EVENT_BYTES} are allowed.`,
    );
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
