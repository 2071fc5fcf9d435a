/**
 * Events and log lines on their way to the server in this process: handed over as they are, in batches, in order.
 * What is in memory is bounded by the server's own speed; there is no absence to bridge, so nothing goes to disk.
 */
import type { Deliveries } from "./client-transport.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import type { FlushOptions } from "./transport.ts";
import type { EventBody, LogBody } from "./wire.ts";

const DEFAULT_FLUSH_TIMEOUT_MS = 30_000;
const BATCH_RECORDS = 1000;

export class EmbeddedDeliveries implements Deliveries {
  readonly #server: EmbeddedServer;
  readonly #events: BatchLine<EventBody>;
  readonly #logs: BatchLine<LogBody>;
  readonly #onBeforeExit = () => {
    if (!this.#events.isIdle || !this.#logs.isIdle) void this.flush();
  };

  constructor(server: EmbeddedServer, report: (problem: string) => void) {
    this.#server = server;
    this.#events = new BatchLine("events", (batch) => server.ingestEvents(batch), report);
    this.#logs = new BatchLine("logs", (batch) => server.ingestLogs(batch), report);
    process.on("beforeExit", this.#onBeforeExit);
  }

  emitEvent(event: EventBody): void {
    this.#events.push(event);
  }

  writeLog(record: LogBody): void {
    this.#logs.push(record);
  }

  async flush(options: FlushOptions = {}): Promise<void> {
    const { promise: timeout, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, options.timeoutMs ?? DEFAULT_FLUSH_TIMEOUT_MS);
    await Promise.race([Promise.all([this.#events.drained(), this.#logs.drained()]), timeout]);
    clearTimeout(timer);
  }

  async close(options: FlushOptions = {}): Promise<void> {
    await this.flush(options);
    process.off("beforeExit", this.#onBeforeExit);
    await this.#server.close();
  }
}

/** Items waiting for one batch at a time to be taken. */
class BatchLine<Item> {
  readonly #name: string;
  readonly #ingest: (batch: readonly Item[]) => Promise<void>;
  readonly #report: (problem: string) => void;
  #waiting: Item[] = [];
  #draining: Promise<void> | null = null;

  constructor(
    name: string,
    ingest: (batch: readonly Item[]) => Promise<void>,
    report: (problem: string) => void,
  ) {
    this.#name = name;
    this.#ingest = ingest;
    this.#report = report;
  }

  get isIdle(): boolean {
    return this.#draining === null;
  }

  push(item: Item): void {
    this.#waiting.push(item);
    this.#draining ??= this.#drain();
  }

  async drained(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async #drain(): Promise<void> {
    // What is emitted in the same turn goes into one batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_RECORDS);
      try {
        await this.#ingest(batch);
      } catch (error) {
        this.#report(`${batch.length} ${this.#name} could not be stored: ${String(error)}`);
      }
    }
    this.#draining = null;
  }
}
