import type { FlowRunCreate, WorkQueueId } from "@sluice/schemas";
import type { StoreReads } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal } from "./errors.ts";
import type { FlowRunCreateAnswer } from "./insert-flow-runs.ts";

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
  if (body.work_pool_name === null) return await runs.createFlowRun({ caller, body });
  const work_queue_id = await findQueue(store.reads, caller, body.work_pool_name, body.work_queue_name);
  const queue = { work_queue_id, work_queue_name: body.work_queue_name };
  return await runs.createFlowRun({ caller, body, queue });
}

/** A queue of a pool; the pool's default one when none is named. */
async function findQueue(
  { workPools, workQueues }: StoreReads,
  { workspace_id }: Caller,
  poolName: string,
  queueName: string | null,
): Promise<WorkQueueId | null> {
  const pool = await workPools.readByName(workspace_id, poolName);
  if (!pool) throw new Refusal("not_found", `Work pool "${poolName}" not found.`);
  if (!queueName) return pool.default_queue_id;
  const queue = await workQueues.readByName(workspace_id, poolName, queueName);
  if (!queue)
    throw new Refusal("not_found", `Work queue '${queueName}' not found in work pool '${poolName}'.`);
  return queue.id;
}
