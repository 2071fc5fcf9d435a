import type { FlowRunCreate } from "@sluice/schemas";
import type { StoreReads } from "../store/store.ts";
import type { WorkQueue } from "../store/work-queues.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import type { FlowRunCreateAnswer } from "./insert-flow-runs.ts";
import { workPoolNotFound } from "./work-pools.ts";
import { workQueueNotFound } from "./work-queues.ts";

/**
 * Makes a flow run in its first state, or finds the one of the same flow and idempotency key.
 *
 * @throws Refusal not_found when it names a work pool or a queue of it that is not there
 * @throws StoreConflictError when its flow, deployment or parent task run does not exist
 */
export async function createFlowRun(
  { runs, store }: CommandContext,
  caller: Caller,
  body: FlowRunCreate,
): Promise<FlowRunCreateAnswer> {
  const { work_pool_name, work_queue_name } = body;
  const found = work_pool_name ? await findQueue(store.reads, caller, work_pool_name, work_queue_name) : null;
  const queue = { work_queue_id: found?.id ?? null, work_queue_name: found?.name ?? work_queue_name };
  return await runs.createFlowRun({ caller, body, queue });
}

/** A queue of a pool; the pool's default one when none is named. */
async function findQueue(
  { workPools, workQueues }: StoreReads,
  { workspace_id }: Caller,
  work_pool_name: string,
  name: string | null,
): Promise<WorkQueue | null> {
  if (name) {
    const queue = await workQueues.readByName(workspace_id, work_pool_name, name);
    if (!queue) throw workQueueNotFound({ work_pool_name, name });
    return queue;
  }
  const pool = await workPools.readByName(workspace_id, work_pool_name);
  if (!pool) throw workPoolNotFound(work_pool_name);
  return pool.default_queue_id && (await workQueues.read(workspace_id, pool.default_queue_id));
}
