/**
 * Publishes the events that commands wrote into the outbox: moves them into the events in one transaction, in the order
 * of their positions, then hands them to the listeners.
 *
 * 1. A crash before the commit leaves the entries in the outbox: they are published later, by this process or another.
 * 2. A crash after it loses only the hand-over to live listeners of this process, which are gone with it.
 * 3. One process publishes at a time (the store sees to it), so the events of a run never overtake each other.
 * 4. An entry that the store refuses as an event does not hold up the others: it is logged whole, and taken out.
 */
import { setTimeout as delay } from "node:timers/promises";
import { StoreUnavailableError } from "../store/errors.ts";
import type { StoredEvent } from "../store/events.ts";
import type { OutboxEntry } from "../store/outbox.ts";
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
/** How much later an event of a busy time is published than it could be. */
const GATHERING_MS = 5;
/** When another process is publishing: how long until it should be done. */
const CONTENTION_PAUSE_MS = 20;

export class OutboxPublisher {
  readonly #dependencies: OutboxPublisherDependencies;
  #poll: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isWoken = false;

  constructor(dependencies: OutboxPublisherDependencies) {
    this.#dependencies = dependencies;
  }

  /** Starts to look by itself, now and then. */
  start(): void {
    if (this.#poll) return;
    const pollIntervalMs = this.#dependencies.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS;
    this.#poll = setInterval(() => void this.#look(), pollIntervalMs);
    this.#poll.unref();
    this.wake();
  }

  /** Call after a commit that wrote to the outbox. Costs nothing when the publisher is at work already. */
  wake(): void {
    this.#isWoken = true;
    this.#running ??= this.#run();
  }

  /** Resolves when what is in the outbox now is published, or has turned out to be out of reach. */
  async flush(): Promise<void> {
    this.wake();
    while (this.#running) await this.#running;
  }

  /** Publishes what is there and stops looking. */
  async close(): Promise<void> {
    if (this.#poll) clearInterval(this.#poll);
    this.#poll = null;
    await this.flush();
    if (this.#retry) clearTimeout(this.#retry);
  }

  /** Wakes the publisher if anything waits; on an idle server that is one read. */
  async #look(): Promise<void> {
    const waiting = await this.#dependencies.store.reads.outbox.count().catch(() => 0);
    if (waiting > 0) this.wake();
  }

  async #run(): Promise<void> {
    // What is woken in one turn of the event loop, a batch of commands for instance, goes together.
    await new Promise(setImmediate);
    try {
      while (this.#isWoken) {
        this.#isWoken = false;
        const count = await this.#publishNext();
        if (count === BATCH_SIZE) this.#isWoken = true;
        else if (count === 0) await this.#lookAgainIfContended();
        else await this.#gather();
      }
    } catch (error) {
      // The entries are where they were; the next wake or poll tries again.
      this.#dependencies.log.warn({ err: error }, "Events of the outbox could not be published yet");
    }
    this.#running = null;
  }

  /**
   * While commands keep committing, lets some of them gather: a transaction for each would take turns with theirs. The
   * first one after a quiet time does not wait.
   */
  async #gather(): Promise<void> {
    if (this.#poll) await delay(GATHERING_MS);
  }

  /** Nothing to take although we were woken: another process holds the outbox, and may have looked before our entries came. */
  async #lookAgainIfContended(): Promise<void> {
    if (!this.#poll || this.#retry || (await this.#dependencies.store.reads.outbox.count()) === 0) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.wake();
    }, CONTENTION_PAUSE_MS);
    this.#retry.unref();
  }

  async #publishNext(): Promise<number> {
    try {
      return await this.#publish(BATCH_SIZE);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      return await this.#publishOneByOne();
    }
  }

  /** After a batch that can't be stored: gets past the entry that is at fault. */
  async #publishOneByOne(): Promise<number> {
    for (let count = 0; count < BATCH_SIZE; count += 1) {
      let entry: OutboxEntry | undefined;
      try {
        const taken = await this.#publish(1, (first) => (entry = first));
        if (taken === 0) return count;
      } catch (error) {
        if (error instanceof StoreUnavailableError || !entry) throw error;
        await this.#discard(entry, error);
      }
    }
    return BATCH_SIZE;
  }

  /** Moves up to `limit` entries; answers how many it found. */
  async #publish(limit: number, onTaken?: (first: OutboxEntry | undefined) => void): Promise<number> {
    const { store, broadcast, onStored } = this.#dependencies;
    const { count, fresh } = await store.transaction(async (tx) => {
      const entries = await tx.outbox.take(limit);
      onTaken?.(entries[0]);
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

  async #discard({ position, event }: OutboxEntry, error: unknown): Promise<void> {
    this.#dependencies.log.error(
      { err: error, event },
      "The store refuses an event of the outbox; it is not published",
    );
    await this.#dependencies.store.transaction((tx) => tx.outbox.delete([position]));
  }
}
