import type { State } from "@sluice/schemas";
import { decideLostDelivery } from "../orchestration/lost-deliveries.ts";
import type { TaskRunDelivery, TaskWorker, TaskWorkerId } from "../store/task-queue.ts";
import type { CommandContext } from "./context.ts";
import { serviceCaller } from "./service-caller.ts";

/**
 * Ends a connection that no longer holds what was handed to it. When its worker has come back meanwhile, that
 * connection holds the runs from now on; else each goes the way of `lost-deliveries.ts`. Does nothing to a connection
 * that was renewed. Safe to call several times, and in several processes at once.
 */
export async function endTaskWorker(context: CommandContext, id: TaskWorkerId): Promise<void> {
  const { store, now } = context;
  const { taskQueue } = store.reads;
  const worker = await store.transaction((tx) => tx.taskQueue.seizeWorker(id, now()));
  if (!worker) return;
  const successor = await findSuccessor(context, worker);
  if (successor) await store.transaction((tx) => tx.taskQueue.handOver(id, successor.id));
  const deliveries = await taskQueue.listDeliveries(id);
  await Promise.all(deliveries.map((delivery) => endDelivery(context, worker, delivery)));
  await store.transaction((tx) => tx.taskQueue.removeWorker(id));
}

/** A worker that lost its connection opens the next one while the old one still holds its runs. */
async function findSuccessor(
  { store, now }: CommandContext,
  { workspace_id, identifier, seen, expires }: TaskWorker,
): Promise<TaskWorker | undefined> {
  const live = await store.reads.taskQueue.listWorkers(workspace_id, null, now());
  return live.find(
    (other) => other.identifier === identifier && other.created > seen && other.created <= expires,
  );
}

async function endDelivery(
  { store, runs, now }: CommandContext,
  worker: TaskWorker,
  delivery: TaskRunDelivery,
): Promise<void> {
  const { id, workspace_id, is_acknowledged, attempts } = delivery;
  const run = await store.reads.taskRuns.read(workspace_id, id);
  if (!run) return;
  const history = await store.reads.states.listTaskRunStates(workspace_id, id);
  const verdict = decideLostDelivery({
    run,
    state: run.state,
    queued: history.findLast(isQueued) ?? null,
    is_acknowledged,
    attempts,
    worker: worker.identifier,
    is_supervised: worker.slots !== null,
    now: now(),
  });
  if (verdict.kind === "release") {
    await store.transaction((tx) => tx.taskQueue.release(worker.id, [delivery]));
    return;
  }
  if (verdict.kind === "propose") {
    const decision = await runs.transitionTaskRun({
      id,
      caller: serviceCaller(workspace_id),
      proposal: { state: verdict.state, force: true },
      onlyIf: (current) => current.state?.id === run.state?.id,
    });
    // The run has moved on in between; the next pass looks at it as it is then.
    if (!decision) return;
  }
  // Queued again, the run is no longer this connection's, and this does nothing.
  await store.transaction((tx) => tx.taskQueue.settle(worker.id, [id]));
}

function isQueued({ type, state_details }: State): boolean {
  return type === "SCHEDULED" && state_details.deferred === true;
}
