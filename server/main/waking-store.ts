/** A store that says when a commit left something for others to do, so that they do it at once and not at their next poll. */
import type { OutboxReads, OutboxWrites } from "../store/outbox.ts";
import type { Store } from "../store/store.ts";
import type { QueuedTaskRun, TaskQueueReads, TaskQueueWrites } from "../store/task-queue.ts";

export interface StoreListeners {
  /** After a commit that appended to the outbox. */
  readonly onOutboxWritten: () => void;
  /** After a commit that queued task runs, or gave them back to the queue. */
  readonly onTaskRunsQueued: (runs: readonly QueuedTaskRun[]) => void;
}

export function wakingStore(store: Store, { onOutboxWritten, onTaskRunsQueued }: StoreListeners): Store {
  return {
    reads: store.reads,
    signals: store.signals,
    isHealthy: () => store.isHealthy(),
    close: () => store.close(),
    async transaction(work) {
      let hasWritten = false;
      let queued: QueuedTaskRun[] = [];
      const result = await store.transaction((tx) => {
        // The work may run again from the start.
        hasWritten = false;
        queued = [];
        return work({
          // Spelled out: a store is free to make its parts on demand, which spreading would miss.
          flows: tx.flows,
          flowRuns: tx.flowRuns,
          taskRuns: tx.taskRuns,
          taskQueue: noticingQueued(tx.taskQueue, (runs) => queued.push(...runs)),
          states: tx.states,
          logs: tx.logs,
          flowRunInputs: tx.flowRunInputs,
          artifacts: tx.artifacts,
          blockTypes: tx.blockTypes,
          blockSchemas: tx.blockSchemas,
          blockDocuments: tx.blockDocuments,
          deployments: tx.deployments,
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
      if (queued.length > 0) onTaskRunsQueued(queued);
      return result;
    },
  };
}

function noticingQueued(
  queue: TaskQueueReads & TaskQueueWrites,
  onQueued: (runs: readonly QueuedTaskRun[]) => void,
): TaskQueueReads & TaskQueueWrites {
  return {
    listWorkers: (workspaceId, taskKeys, now) => queue.listWorkers(workspaceId, taskKeys, now),
    listExpiredWorkers: (now, limit) => queue.listExpiredWorkers(now, limit),
    listDeliveries: (id) => queue.listDeliveries(id),
    claim: (workspaceId, taskKey, ids, now) => queue.claim(workspaceId, taskKey, ids, now),
    acknowledge: (id, taskRunId) => queue.acknowledge(id, taskRunId),
    settle: (id, taskRunIds) => queue.settle(id, taskRunIds),
    adopt: (worker, taskRunIds, now) => queue.adopt(worker, taskRunIds, now),
    handOver: (from, to) => queue.handOver(from, to),
    addWorker: (worker) => queue.addWorker(worker),
    renewWorkers: (ids, seen, expires) => queue.renewWorkers(ids, seen, expires),
    seizeWorker: (id, now) => queue.seizeWorker(id, now),
    expireWorker: (id, expires) => queue.expireWorker(id, expires),
    removeWorker: (id) => queue.removeWorker(id),
    enqueue: (runs) => {
      onQueued(runs);
      return queue.enqueue(runs);
    },
    release: (id, runs) => {
      onQueued(runs);
      return queue.release(id, runs);
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
