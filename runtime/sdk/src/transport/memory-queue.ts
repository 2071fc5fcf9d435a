/** Records in memory that were not sent yet, bounded by number and by size. */
export class MemoryQueue {
  readonly #maxRecords: number;
  readonly #maxLength: number;
  #texts: string[] = [];
  #length = 0;

  constructor(maxRecords: number, maxLength: number) {
    this.#maxRecords = maxRecords;
    this.#maxLength = maxLength;
  }

  get size(): number {
    return this.#texts.length;
  }

  /** Characters in all. */
  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#texts.length >= this.#maxRecords || this.#length >= this.#maxLength;
  }

  push(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
  }

  /** The oldest records, at most so many and about so many characters; at least one if there is any. */
  take(maxRecords: number, maxLength: number): string[] {
    let count = 0;
    let length = 0;
    for (const text of this.#texts) {
      if (count === maxRecords || (count > 0 && length + text.length > maxLength)) break;
      count += 1;
      length += text.length;
    }
    if (count === this.#texts.length) return this.takeAll();
    this.#length -= length;
    return this.#texts.splice(0, count);
  }

  takeAll(): string[] {
    const texts = this.#texts;
    this.#texts = [];
    this.#length = 0;
    return texts;
  }
}
