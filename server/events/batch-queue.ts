/**
 * A bounded line of items that are written in batches, one batch at a time and in order.
 *
 * Invariants
 * 1. Nothing is dropped: an item that was pushed is handed to `write` exactly once, and `close` writes what is left.
 * 2. Items are written in the order of `push`, so one number, the position, tells how far the writing has come.
 * 3. An item counts against the bounds until its batch is written, so memory holds no more than the bounds plus what
 *    one caller pushes after it saw room.
 *
 * The queue never refuses: whoever feeds it looks at `isFull` first and waits with `whenRoom`, which is what turns a
 * full queue into back-pressure (a socket that is not read, a request that waits) instead of a loss.
 */

export interface BatchQueueOptions<Item> {
  /** The queue is full at this many items. */
  readonly maxItems: number;
  /** The queue is full at this many bytes, as counted by the callers of `push`. */
  readonly maxBytes: number;
  /** The most items that one call of `write` gets. */
  readonly maxBatchItems: number;
  /** A batch stops growing at this many bytes. */
  readonly maxBatchBytes: number;
  /**
   * While items come faster than they are written, how long to let the next batch fill. An item that arrives at an
   * empty queue is written at once. Default 0.
   */
  readonly lingerMs?: number;
  /** Writes one batch. Has to deal with failures itself: a rejection ends the queue (see `failure`). */
  readonly write: (batch: readonly Item[]) => Promise<void>;
}

interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** How empty a full queue must become before its feeders go on, so that they don't flap at the brim. */
const ROOM_AT = 0.75;

export class BatchQueue<Item> {
  readonly #options: BatchQueueOptions<Item>;
  #items: { item: Item; bytes: number }[] = [];
  #bytes = 0;
  #pushed = 0;
  #written = 0;
  #isFull = false;
  #isClosed = false;
  #draining: Promise<void> | null = null;
  #fill: (() => void) | null = null;
  #failure: Error | null = null;
  #positionWaiters: Waiter[] = [];
  #roomWaiters: Omit<Waiter, "position">[] = [];

  constructor(options: BatchQueueOptions<Item>) {
    this.#options = options;
  }

  /** Items that are not written yet, the batch under way included. */
  get length(): number {
    return this.#pushed - this.#written;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True from reaching a bound until the queue has emptied to three quarters of it. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** False once the queue was closed or has failed. */
  get isOpen(): boolean {
    return !this.#isClosed && this.#failure === null;
  }

  /** Appends an item of `bytes` bytes and returns its position, to be given to {@link written}. */
  push(item: Item, bytes: number): number {
    if (!this.isOpen) throw new Error("The queue is closed and takes no more items");
    this.#items.push({ item, bytes });
    this.#bytes += bytes;
    this.#pushed += 1;
    if (this.length >= this.#options.maxItems || this.#bytes >= this.#options.maxBytes) this.#isFull = true;
    if (this.#draining === null) this.#draining = this.#drain();
    else if (this.#items.length >= this.#options.maxBatchItems) this.#fill?.();
    return this.#pushed;
  }

  /** Resolves once the item at `position`, and with it every earlier one, is written. Rejects if the queue failed. */
  written(position: number): Promise<void> {
    if (position <= this.#written) return Promise.resolve();
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#positionWaiters.push({ position, resolve, reject }));
  }

  /** Resolves at once when there is room, else when there is room again. Rejects if the queue failed. */
  whenRoom(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (!this.#isFull) return Promise.resolve();
    return new Promise((resolve, reject) => this.#roomWaiters.push({ resolve, reject }));
  }

  /** Takes no more items and resolves when all that were pushed are written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#fill?.();
    await this.#draining;
  }

  async #drain(): Promise<void> {
    // The items of this turn of the event loop, a burst of frames for instance, go together.
    await new Promise(setImmediate);
    try {
      while (this.#items.length > 0) {
        const batch = this.#takeBatch();
        await this.#options.write(batch.items);
        this.#settle(batch.items.length, batch.bytes);
        await this.#linger();
      }
      this.#draining = null;
    } catch (error) {
      this.#fail(error);
    }
  }

  #takeBatch(): { items: Item[]; bytes: number } {
    const { maxBatchItems, maxBatchBytes } = this.#options;
    let bytes = 0;
    let count = 0;
    while (count < this.#items.length && count < maxBatchItems && (count === 0 || bytes < maxBatchBytes)) {
      bytes += this.#items[count]?.bytes ?? 0;
      count += 1;
    }
    return { items: this.#items.splice(0, count).map((entry) => entry.item), bytes };
  }

  #settle(count: number, bytes: number): void {
    this.#written += count;
    this.#bytes -= bytes;
    const { maxItems, maxBytes } = this.#options;
    if (this.#isFull && this.length <= maxItems * ROOM_AT && this.#bytes <= maxBytes * ROOM_AT) {
      this.#isFull = false;
      for (const waiter of this.#roomWaiters.splice(0)) waiter.resolve();
    }
    if (this.#positionWaiters.length === 0) return;
    const waiting = this.#positionWaiters;
    this.#positionWaiters = waiting.filter((waiter) => waiter.position > this.#written);
    for (const waiter of waiting) if (waiter.position <= this.#written) waiter.resolve();
  }

  /** Lets other work of the process have its turn, and the next batch fill. */
  async #linger(): Promise<void> {
    await new Promise(setImmediate);
    const { lingerMs = 0, maxBatchItems } = this.#options;
    const isStream = this.#items.length > 0 && this.#items.length < maxBatchItems;
    if (lingerMs === 0 || this.#isClosed || !isStream) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lingerMs);
      this.#fill = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#fill = null;
  }

  #fail(cause: unknown): void {
    const failure = cause instanceof Error ? cause : new Error("The queue could not be written", { cause });
    this.#failure = failure;
    for (const waiter of this.#positionWaiters.splice(0)) waiter.reject(failure);
    for (const waiter of this.#roomWaiters.splice(0)) waiter.reject(failure);
  }
}
