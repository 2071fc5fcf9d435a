/**
 * The outbox: events written in the transaction of the change they tell of, taken out after the commit. Nothing is
 * published that was not committed, and nothing committed goes unpublished.
 */
import type { StoredEvent } from "./events.ts";

export interface OutboxEntry {
  /** Grows with insertion; entries of one run are in the order of its states. */
  readonly position: number;
  readonly event: StoredEvent;
}

export interface OutboxReads {
  /** How many events wait. */
  count(): Promise<number>;
}

export interface OutboxWrites {
  append(events: readonly StoredEvent[]): Promise<void>;
  /**
   * The first entries in position order, locked for this transaction. One process takes at a time: while another one's
   * transaction holds entries, there are none, so that later entries of a run never overtake earlier ones. Publish and
   * {@link OutboxWrites.delete} them in the same transaction.
   */
  take(limit: number): Promise<OutboxEntry[]>;
  delete(positions: readonly number[]): Promise<void>;
}
