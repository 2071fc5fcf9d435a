/**
 * Batches that were sent and are not confirmed, oldest first. After a reconnection they are sent again, so each has to
 * be sent over the present link before it can be confirmed over it.
 */
import type { SpoolQueue } from "./spool/spool-queue.ts";

export interface Batch<Item> {
  readonly items: readonly Item[];
  /** The queue on disk that it was read from; null when it comes from memory. */
  readonly source: SpoolQueue | null;
}

export class InFlight<Item> {
  #batches: Batch<Item>[] = [];
  /** Of the batches, how many were sent over the present link. */
  #sentBatches = 0;
  #sentRecords = 0;
  #confirmedRecords = 0;

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  get batches(): readonly Batch<Item>[] {
    return this.#batches;
  }

  /** Batches that wait for confirmation over the present link. */
  get sentBatches(): number {
    return this.#sentBatches;
  }

  /** Records sent over the present link in all. */
  get sentRecords(): number {
    return this.#sentRecords;
  }

  get confirmedRecords(): number {
    return this.#confirmedRecords;
  }

  /** A new link: nothing was sent over it. */
  restart(): void {
    this.#sentBatches = 0;
    this.#sentRecords = 0;
    this.#confirmedRecords = 0;
  }

  /** The oldest batch that was not sent over the present link. */
  nextUnsent(): Batch<Item> | null {
    return this.#batches[this.#sentBatches] ?? null;
  }

  add(batch: Batch<Item>): void {
    this.#batches.push(batch);
  }

  /** The batch of {@link nextUnsent} is sent now. */
  markSent(): void {
    this.#sentRecords += this.nextUnsent()?.items.length ?? 0;
    this.#sentBatches += 1;
  }

  /** The first `total` records of the present link have arrived: removes and returns the batches that are complete. */
  confirm(total: number): Batch<Item>[] {
    const arrived: Batch<Item>[] = [];
    while (this.#sentBatches > 0) {
      const batch = this.#batches[0];
      if (!batch || this.#confirmedRecords + batch.items.length > total) break;
      this.#confirmedRecords += batch.items.length;
      this.#sentBatches -= 1;
      this.#batches.shift();
      arrived.push(batch);
    }
    return arrived;
  }

  /** One record per batch from now on. */
  split(): void {
    this.#batches = this.#batches.flatMap(({ items, source }) =>
      items.map((item) => ({ items: [item], source })),
    );
    this.#sentBatches = 0;
  }

  removeFirst(): Batch<Item> | null {
    this.#sentBatches = 0;
    return this.#batches.shift() ?? null;
  }

  takeAll(): Batch<Item>[] {
    const batches = this.#batches;
    this.#batches = [];
    this.#sentBatches = 0;
    return batches;
  }
}
