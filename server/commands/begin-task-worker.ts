/** Connections of task workers: how they begin and how they are kept. */
import { addSeconds, newId, type TaskRunId, type WorkspaceId } from "@sluice/schemas";
import type { TaskWorker, TaskWorkerId } from "../store/task-queue.ts";
import type { CommandContext } from "./context.ts";

/** How long a connection holds its runs without being renewed: a server that restarts is back by then. */
export const TASK_WORKER_HOLD_SECONDS = 30;

/**
 * How long a connection that its worker has lost holds its runs. A worker that lives connects anew within half a
 * second; a process that was started in its place needs longer, and has to get the runs.
 */
export const LOST_TASK_WORKER_HOLD_SECONDS = 2;

export interface TaskWorkerSubscription {
  readonly workspace_id: WorkspaceId;
  readonly identifier: string;
  readonly task_keys: readonly string[];
  readonly slots: number | null;
}

export interface BegunTaskWorker {
  readonly worker: TaskWorker;
  /** Those of `holding` that the worker still has; the others were given to somebody else. */
  readonly held: readonly TaskRunId[];
}

/** `holding`: the runs that the worker is at work on, when it comes back. */
export async function beginTaskWorker(
  { store, now }: CommandContext,
  subscription: TaskWorkerSubscription,
  holding: readonly TaskRunId[],
): Promise<BegunTaskWorker> {
  const created = now();
  const expires = addSeconds(created, TASK_WORKER_HOLD_SECONDS);
  const worker = { id: newId<"task-worker">(), ...subscription, created, seen: created, expires };
  const held = await store.transaction(async (tx) => {
    await tx.taskQueue.addWorker(worker);
    return await tx.taskQueue.adopt(worker, holding, created);
  });
  return { worker, held };
}

/** Answers with the connections that still exist; those that don't were ended, and their runs given to others. */
export async function renewTaskWorkers(
  { store, now }: CommandContext,
  ids: readonly TaskWorkerId[],
): Promise<ReadonlySet<TaskWorkerId>> {
  const seen = now();
  const expires = addSeconds(seen, TASK_WORKER_HOLD_SECONDS);
  return await store.transaction((tx) => tx.taskQueue.renewWorkers(ids, seen, expires));
}

/** A worker's connection is lost. True: it held nothing, and is forgotten; else it is to be ended when its hold ends. */
export async function loseTaskWorker({ store, now }: CommandContext, id: TaskWorkerId): Promise<boolean> {
  const expires = addSeconds(now(), LOST_TASK_WORKER_HOLD_SECONDS);
  return await store.transaction(async (tx) => {
    if (await tx.taskQueue.removeWorker(id)) return true;
    await tx.taskQueue.expireWorker(id, expires);
    return false;
  });
}
