import type { ConcurrencyLimitId } from "@sluice/schemas";
import type { ConcurrencyLimitFacts } from "../store/concurrency-limits.ts";

/**
 * Slots taken and given back by the decisions of a transaction that are not written yet, so that each decision of a
 * batch sees what the ones before it took. The limits are locked, so nobody else changes them meanwhile.
 */
export class SlotLedger {
  readonly #changes = new Map<ConcurrencyLimitId, number>();

  take(limitIds: readonly ConcurrencyLimitId[]): void {
    for (const id of limitIds) this.#change(id, 1);
  }

  giveBack(limitIds: readonly ConcurrencyLimitId[]): void {
    for (const id of limitIds) this.#change(id, -1);
  }

  occupied(limit: ConcurrencyLimitFacts): number {
    return limit.occupied_slots + (this.#changes.get(limit.id) ?? 0);
  }

  #change(id: ConcurrencyLimitId, by: number): void {
    this.#changes.set(id, (this.#changes.get(id) ?? 0) + by);
  }
}
