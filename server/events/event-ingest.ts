/**
 * The one way of events into the store, whichever socket or request they come from.
 *
 * feed → bounded queue → batch → ONE transaction (events, resource index, task runs told of) → broadcast
 *
 * Invariants
 * 1. An event is told as stored (`stored` resolves) only after the commit that holds it and what it tells of.
 * 2. Nothing is dropped silently. A full queue holds its feeders back; an event that the store refuses is logged with
 *    its id and counted, and costs no other event; an outage costs time only.
 * 3. An id is stored and broadcast once, however often the event arrives.
 */
import { timestampFromMilliseconds, type EventId, type Timestamp } from "@sluice/schemas";
import { StoreUnavailableError } from "../store/errors.ts";
import type { StoredEvent } from "../store/events.ts";
import type { Store } from "../store/store.ts";
import type { RecordedTransition } from "../store/task-runs.ts";
import { BatchQueue } from "./batch-queue.ts";
import type { Broadcast } from "./broadcast.ts";
import type { EventLog } from "./event-log.ts";
import { recordedTransition, tellsOfTaskRun } from "./recorded-transition.ts";
import { type IsolatingOptions, writeIsolating } from "./write-isolating.ts";

export interface EventIngestLimits {
  readonly maxQueuedEvents: number;
  readonly maxQueuedBytes: number;
  /** How many events one transaction holds at most: it bounds how long other writers wait. */
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  readonly lingerMs: number;
}

export const DEFAULT_INGEST_LIMITS: EventIngestLimits = {
  maxQueuedEvents: 5_000,
  maxQueuedBytes: 64 * 1024 * 1024,
  maxBatchEvents: 500,
  maxBatchBytes: 4 * 1024 * 1024,
  lingerMs: 2,
};

export interface EventIngestDependencies {
  readonly store: Store;
  readonly broadcast: Pick<Broadcast<StoredEvent>, "publish">;
  /** Is told of events that were stored for the first time, after the commit; for the listeners in other processes. */
  readonly onStored?: (events: readonly StoredEvent[]) => void;
  readonly log: EventLog;
  readonly limits?: Partial<EventIngestLimits>;
  readonly now?: () => Timestamp;
}

/** Figures since the start of the process. */
export interface EventIngestCounts {
  readonly received: number;
  /** Stored for the first time. */
  readonly stored: number;
  /** Arrived again, and changed nothing. */
  readonly duplicates: number;
  /** Refused by the store; each is in the log. */
  readonly rejected: number;
  /** Stored, but the task run they tell of can't be read; each is in the log. */
  readonly unreadable: number;
  readonly queuedEvents: number;
  readonly queuedBytes: number;
}

export class EventIngest {
  readonly #store: Store;
  readonly #dependencies: EventIngestDependencies;
  readonly #queue: BatchQueue<StoredEvent>;
  readonly #now: () => Timestamp;
  readonly #stopping = new AbortController();
  readonly #counts = { received: 0, stored: 0, duplicates: 0, rejected: 0, unreadable: 0 };

  constructor(dependencies: EventIngestDependencies) {
    const limits = { ...DEFAULT_INGEST_LIMITS, ...dependencies.limits };
    this.#store = dependencies.store;
    this.#dependencies = dependencies;
    this.#now = dependencies.now ?? (() => timestampFromMilliseconds(Date.now()));
    this.#queue = new BatchQueue({
      maxItems: limits.maxQueuedEvents,
      maxBytes: limits.maxQueuedBytes,
      maxBatchItems: limits.maxBatchEvents,
      maxBatchBytes: limits.maxBatchBytes,
      lingerMs: limits.lingerMs,
      write: (batch) => this.#write(batch),
    });
  }

  get counts(): EventIngestCounts {
    return { ...this.#counts, queuedEvents: this.#queue.length, queuedBytes: this.#queue.bytes };
  }

  /** False when no more events are taken: the server stops, or its store is gone for good. */
  get isOpen(): boolean {
    return this.#queue.isOpen;
  }

  /** True when feeders should wait: see {@link whenRoom}. */
  get isFull(): boolean {
    return this.#queue.isFull;
  }

  /** Takes one event of about `bytes` bytes and returns its position in the line. */
  add(event: StoredEvent, bytes: number): number {
    this.#counts.received += 1;
    return this.#queue.push(event, bytes);
  }

  /** Resolves once the event at this position, and every earlier one, is stored (or refused, and logged). */
  stored(position: number): Promise<void> {
    return this.#queue.written(position);
  }

  /** Resolves when the queue is no longer full. */
  whenRoom(): Promise<void> {
    return this.#queue.whenRoom();
  }

  /**
   * Takes no more events and stores those in line. With the database away it waits until `deadline` is aborted, then
   * gives up: what was never told as stored, its sender sends again.
   */
  async close(deadline?: AbortSignal): Promise<void> {
    const giveUp = (): void => this.#stopping.abort();
    if (deadline?.aborted) giveUp();
    deadline?.addEventListener("abort", giveUp, { once: true });
    await this.#queue.close();
    deadline?.removeEventListener("abort", giveUp);
  }

  async #write(batch: readonly StoredEvent[]): Promise<void> {
    const first = firstOfEachId(batch);
    this.#counts.duplicates += batch.length - first.length;
    await this.#writeIsolating(first, {
      write: (events) => this.#commit(events),
      onRejected: (event, error) =>
        tellsOfTaskRun(event) ? this.#writeWithoutTaskRun(event, error) : this.#reject(event, error),
    });
  }

  /** An event that can't be stored together with what it tells may well be stored alone. */
  async #writeWithoutTaskRun(event: StoredEvent, problem: unknown): Promise<void> {
    await this.#writeIsolating([event], {
      write: async (events) => {
        await this.#commit(events, []);
        this.#reportUnreadable(event, String(problem));
      },
      onRejected: (_, error) => this.#reject(event, error),
    });
  }

  #writeIsolating(
    events: readonly StoredEvent[],
    how: Pick<IsolatingOptions<StoredEvent>, "write" | "onRejected">,
  ): Promise<void> {
    return writeIsolating(events, {
      ...how,
      isTransient: (error) => error instanceof StoreUnavailableError,
      onRetry: (error, attempt, pauseMs) =>
        this.#dependencies.log.warn({ err: error, attempt, pauseMs }, "The store is away; events wait"),
      signal: this.#stopping.signal,
    });
  }

  async #commit(
    events: readonly StoredEvent[],
    transitions: readonly ToldTransition[] = this.#transitionsOf(events),
  ): Promise<void> {
    const stored = await this.#store.transaction(async (tx) => {
      const newIds = await tx.events.insert(events);
      const told = transitions.filter(({ id }) => newIds.has(id)).map(({ transition }) => transition);
      if (told.length > 0) await tx.taskRuns.record(told);
      return newIds;
    });
    const fresh = stored.size === events.length ? events : events.filter((event) => stored.has(event.id));
    this.#counts.stored += fresh.length;
    this.#counts.duplicates += events.length - fresh.length;
    if (fresh.length === 0) return;
    this.#dependencies.broadcast.publish(fresh);
    this.#dependencies.onStored?.(fresh);
  }

  /** What the events tell of task runs; read before the transaction, which should be short and may run twice. */
  #transitionsOf(events: readonly StoredEvent[]): ToldTransition[] {
    const recorded = this.#now();
    const transitions: ToldTransition[] = [];
    for (const event of events) {
      if (!tellsOfTaskRun(event)) continue;
      const transition = recordedTransition(event, recorded);
      if ("problem" in transition) this.#reportUnreadable(event, transition.problem);
      else transitions.push({ id: event.id, transition });
    }
    return transitions;
  }

  #reportUnreadable(event: StoredEvent, problem: string): void {
    this.#counts.unreadable += 1;
    this.#dependencies.log.warn(
      { event_id: event.id, event: event.event, problem },
      "An event tells of a task run in a way that can't be read; the event is kept, the task run is not changed",
    );
  }

  #reject(event: StoredEvent, error: unknown): void {
    this.#counts.rejected += 1;
    this.#dependencies.log.error(
      { event_id: event.id, event: event.event, err: error },
      "The store refuses an event; it is lost, the others of its batch are kept",
    );
  }
}

interface ToldTransition {
  readonly id: EventId;
  readonly transition: RecordedTransition;
}

function firstOfEachId(batch: readonly StoredEvent[]): readonly StoredEvent[] {
  const ids = new Set<EventId>();
  const first = batch.filter((event) => !ids.has(event.id) && ids.add(event.id));
  return first.length === batch.length ? batch : first;
}
