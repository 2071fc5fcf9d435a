/**
 * Publishes the events that commands wrote into the outbox: moves them into the events in one transaction, in the order
 * of their positions, then hands them to the listeners.
 *
 * 1. A crash before the commit leaves the entries in the outbox: they are published later, by this process or another.
 * 2. A crash after it loses only the hand-over to live listeners of this process, which are gone with it.
 * 3. One process takes at a time (the store sees to it), so the events of a run never overtake each other.
 */
import type { StoredEvent } from "../store/events.ts";
import type { Store } from "../store/store.ts";
import type { Broadcast } from "./broadcast.ts";
import type { EventLog } from "./event-log.ts";

export interface OutboxPublisherDependencies {
  readonly store: Store;
  readonly broadcast: Pick<Broadcast<StoredEvent>, "publish">;
  /** Is told of events that are stored now, after the commit; for the listeners in other processes. */
  readonly onStored?: (events: readonly StoredEvent[]) => void;
  readonly log: EventLog;
  /** How often to look without having been woken: for what other processes left behind. Default 2 s. */
  readonly pollIntervalMs?: number;
}

const BATCH_SIZE = 500;
const DEFAULT_POLL_INTERVAL_MS = 2000;

export class OutboxPublisher {
  readonly #dependencies: OutboxPublisherDependencies;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isWoken = false;

  constructor(dependencies: OutboxPublisherDependencies) {
    this.#dependencies = dependencies;
  }

  /** Starts to look by itself, now and then. */
  start(): void {
    if (this.#timer) return;
    const pollIntervalMs = this.#dependencies.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS;
    this.#timer = setInterval(() => this.wake(), pollIntervalMs);
    this.#timer.unref();
    this.wake();
  }

  /** Call after a commit that wrote to the outbox. Costs nothing when the publisher is at work already. */
  wake(): void {
    this.#isWoken = true;
    this.#running ??= this.#run();
  }

  /** Publishes what is there now; resolves when nothing waits any more. For tests and the end of the process. */
  async flush(): Promise<void> {
    this.wake();
    while (this.#running) await this.#running;
  }

  /** Publishes what is there and stops looking. */
  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.flush();
  }

  async #run(): Promise<void> {
    // What is woken in one turn of the event loop, a batch of commands for instance, goes together.
    await new Promise(setImmediate);
    try {
      while (this.#isWoken) {
        this.#isWoken = false;
        const count = await this.#publishBatch();
        if (count === BATCH_SIZE) this.#isWoken = true;
      }
    } catch (error) {
      // The entries are where they were; the next wake or poll tries again.
      this.#dependencies.log.warn({ err: error }, "Events of the outbox could not be published");
    } finally {
      this.#running = null;
    }
    // Woken between the last look and the end: look again.
    if (this.#isWoken && this.#timer) this.wake();
  }

  async #publishBatch(): Promise<number> {
    const { store, broadcast, onStored } = this.#dependencies;
    const { count, fresh } = await store.transaction(async (tx) => {
      const entries = await tx.outbox.take(BATCH_SIZE);
      if (entries.length === 0) return { count: 0, fresh: [] };
      const events = entries.map((entry) => entry.event);
      const newIds = await tx.events.insert(events);
      await tx.outbox.delete(entries.map((entry) => entry.position));
      return { count: entries.length, fresh: events.filter((event) => newIds.has(event.id)) };
    });
    if (fresh.length > 0) {
      broadcast.publish(fresh);
      onStored?.(fresh);
    }
    return count;
  }
}
