/** A store that says when a commit left something in the outbox, so that it is published at once and not at the next poll. */
import type { OutboxReads, OutboxWrites } from "../store/outbox.ts";
import type { Store } from "../store/store.ts";

export function wakingStore(store: Store, onOutboxWritten: () => void): Store {
  return {
    reads: store.reads,
    signals: store.signals,
    isHealthy: () => store.isHealthy(),
    close: () => store.close(),
    async transaction(work) {
      let hasWritten = false;
      const result = await store.transaction((tx) => {
        // The work may run again from the start.
        hasWritten = false;
        return work({
          // Spelled out: a store is free to make its parts on demand, which spreading would miss.
          flows: tx.flows,
          flowRuns: tx.flowRuns,
          taskRuns: tx.taskRuns,
          states: tx.states,
          logs: tx.logs,
          flowRunInputs: tx.flowRunInputs,
          artifacts: tx.artifacts,
          blockTypes: tx.blockTypes,
          blockSchemas: tx.blockSchemas,
          blockDocuments: tx.blockDocuments,
          variables: tx.variables,
          savedSearches: tx.savedSearches,
          concurrencyLimits: tx.concurrencyLimits,
          leases: tx.leases,
          csrfTokens: tx.csrfTokens,
          configuration: tx.configuration,
          events: tx.events,
          workPools: tx.workPools,
          workQueues: tx.workQueues,
          workers: tx.workers,
          outbox: noticingAppends(tx.outbox, () => {
            hasWritten = true;
          }),
        });
      });
      if (hasWritten) onOutboxWritten();
      return result;
    },
  };
}

function noticingAppends(
  outbox: OutboxReads & OutboxWrites,
  onAppend: () => void,
): OutboxReads & OutboxWrites {
  return {
    count: () => outbox.count(),
    take: (limit) => outbox.take(limit),
    delete: (positions) => outbox.delete(positions),
    append: (events) => {
      if (events.length > 0) onAppend();
      return outbox.append(events);
    },
  };
}
