/** Deferred task runs on their way to the connections of task workers (protocol section 4.4). */
import type { TaskRunId, WorkspaceId } from "@sluice/schemas";
import type { ClaimedTaskRun, QueuedTaskRun, TaskWorkerId } from "../store/task-queue.ts";
import type { CommandContext } from "./context.ts";

export interface HandOutRequest {
  readonly workspace_id: WorkspaceId;
  readonly task_key: string;
  /** A connection for each run that may be handed out; one that has room for more stands there more often. */
  readonly task_worker_ids: readonly TaskWorkerId[];
}

/** Hands waiting runs of a task to connections. From now on each is held by one of them. */
export async function handOutTaskRuns(
  { store, now }: CommandContext,
  { workspace_id, task_key, task_worker_ids }: HandOutRequest,
): Promise<ClaimedTaskRun[]> {
  return await store.transaction((tx) => tx.taskQueue.claim(workspace_id, task_key, task_worker_ids, now()));
}

/** The worker says that it took a run. */
export async function acknowledgeTaskRun(
  { store }: CommandContext,
  id: TaskWorkerId,
  taskRunId: TaskRunId,
): Promise<void> {
  await store.transaction((tx) => tx.taskQueue.acknowledge(id, taskRunId));
}

/** Gives runs that never reached their worker back to the queue. */
export async function takeBackTaskRuns(
  { store }: CommandContext,
  id: TaskWorkerId,
  runs: readonly QueuedTaskRun[],
): Promise<void> {
  if (runs.length > 0) await store.transaction((tx) => tx.taskQueue.release(id, runs));
}

/** The worker says that runs have ended, and that all it had to tell of them is told. */
export async function finishTaskRuns(
  { store }: CommandContext,
  id: TaskWorkerId,
  taskRunIds: readonly TaskRunId[],
): Promise<void> {
  await store.transaction((tx) => tx.taskQueue.settle(id, taskRunIds));
}
