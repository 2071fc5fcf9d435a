/** A store that says when a commit left something in the outbox, so that it is published at once and not at the next poll. */
import type { OutboxReads, OutboxWrites } from "../store/outbox.ts";
import type { Store, StoreTransaction } from "../store/store.ts";

export function wakingStore(store: Store, wake: () => void): Store {
  return {
    reads: store.reads,
    signals: store.signals,
    isHealthy: () => store.isHealthy(),
    close: () => store.close(),
    async transaction(work) {
      let hasAppended = false;
      const noteAppend = () => {
        hasAppended = true;
      };
      const result = await store.transaction((tx) => work(watchOutbox(tx, noteAppend)));
      if (hasAppended) wake();
      return result;
    },
  };
}

function watchOutbox(tx: StoreTransaction, onAppend: () => void): StoreTransaction {
  const outbox: OutboxReads & OutboxWrites = {
    count: () => tx.outbox.count(),
    take: (limit) => tx.outbox.take(limit),
    delete: (positions) => tx.outbox.delete(positions),
    append: (events) => {
      onAppend();
      return tx.outbox.append(events);
    },
  };
  // Everything else as it is, by inheritance: a copy would lose what the adapter defines on its prototype.
  return Object.create(tx, { outbox: { value: outbox } }) as StoreTransaction;
}
