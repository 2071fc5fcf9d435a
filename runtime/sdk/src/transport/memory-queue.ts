/** Records in memory that were not sent yet, bounded by number and by size. */
export class MemoryQueue<Item> {
  readonly #maxRecords: number;
  readonly #maxLength: number;
  readonly #lengthOf: (item: Item) => number;
  #items: Item[] = [];
  #length = 0;

  constructor(maxRecords: number, maxLength: number, lengthOf: (item: Item) => number) {
    this.#maxRecords = maxRecords;
    this.#maxLength = maxLength;
    this.#lengthOf = lengthOf;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Characters in all. */
  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#items.length >= this.#maxRecords || this.#length >= this.#maxLength;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#length += this.#lengthOf(item);
  }

  /** The oldest records, at most so many and about so many characters; at least one if there is any. */
  take(maxRecords: number, maxLength: number): Item[] {
    let count = 0;
    let length = 0;
    for (const item of this.#items) {
      const next = this.#lengthOf(item);
      if (count === maxRecords || (count > 0 && length + next > maxLength)) break;
      count += 1;
      length += next;
    }
    if (count === this.#items.length) return this.takeAll();
    this.#length -= length;
    return this.#items.splice(0, count);
  }

  takeAll(): Item[] {
    const items = this.#items;
    this.#items = [];
    this.#length = 0;
    return items;
  }
}
