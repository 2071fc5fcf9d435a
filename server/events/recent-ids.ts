/** Remembers the latest ids, a bounded number of them, in order to pass nothing on twice. */
export class RecentIds<Id extends string> {
  readonly #ids = new Set<Id>();
  readonly #capacity: number;

  constructor(capacity = 50_000) {
    this.#capacity = capacity;
  }

  has(id: Id): boolean {
    return this.#ids.has(id);
  }

  add(id: Id): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#capacity) return;
    // A set iterates in the order of insertion: the first is the oldest.
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
  }
}
