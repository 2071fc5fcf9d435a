/** The work queue that a deployment or a run names (protocol section 5.1). */
import { newId, type WorkQueueId } from "@sluice/schemas";
import type { StoreTransaction } from "../store/store.ts";
import type { WorkPool } from "../store/work-pools.ts";
import type { NewWorkQueue } from "../store/work-queues.ts";
import { type Caller, storedActor } from "./caller.ts";
import { Refusal } from "./errors.ts";
import type { CommandContext } from "./context.ts";
import { workQueueEvent } from "./work-events.ts";
import { insertWorkPool } from "./work-pools.ts";

/** The pool of queues that are named without one. */
const AGENT_POOL_NAME = "default-agent-pool";
const AGENT_POOL_TYPE = "prefect-agent";

/** Names of a pool and of a queue in it; both may be missing. */
export interface QueueNames {
  readonly work_pool_name?: string | null | undefined;
  readonly work_queue_name?: string | null | undefined;
}

/**
 * The queue of that name in that pool, made when it is not there. Without a queue's name it is the pool's default
 * queue, without a pool's name a queue of the pool for agents, and without either there is none.
 * @throws Refusal not_found for an unknown pool
 */
export async function resolveQueue(
  tx: StoreTransaction,
  caller: Caller,
  { work_pool_name: poolName, work_queue_name: queueName }: QueueNames,
  now: CommandContext["now"],
): Promise<WorkQueueId | null> {
  if (!poolName && !queueName) return null;
  const pool = poolName ? await requirePool(tx, caller, poolName) : await ensureAgentPool(tx, caller, now);
  if (!queueName) return pool.default_queue_id;
  return await ensureQueue(tx, caller, pool, queueName, now);
}

/** @throws Refusal not_found */
export async function requirePool(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  name: string,
): Promise<WorkPool> {
  const pool = await tx.workPools.readByName(workspace_id, name);
  if (!pool) throw new Refusal("not_found", `Work pool "${name}" not found.`);
  return pool;
}

async function ensureAgentPool(
  tx: StoreTransaction,
  caller: Caller,
  now: CommandContext["now"],
): Promise<WorkPool> {
  const pool = await tx.workPools.readByName(caller.workspace_id, AGENT_POOL_NAME);
  if (pool) return pool;
  const body = {
    name: AGENT_POOL_NAME,
    description: "A work pool for Prefect agents.",
    type: AGENT_POOL_TYPE,
    base_job_template: {},
    is_paused: false,
    concurrency_limit: null,
    storage_configuration: {
      bundle_upload_step: null,
      bundle_execution_step: null,
      default_result_storage_block_id: null,
    },
  };
  return await insertWorkPool(tx, caller, body, now);
}

async function ensureQueue(
  tx: StoreTransaction,
  caller: Caller,
  pool: WorkPool,
  name: string,
  now: CommandContext["now"],
): Promise<WorkQueueId> {
  const find = () => tx.workQueues.readByName(caller.workspace_id, pool.name, name);
  const existing = await find();
  if (existing) return existing.id;
  await tx.workPools.lock(caller.workspace_id, pool.id);
  // Another one may have made it before the lock was had.
  const found = await find();
  if (found) return found.id;
  const moment = now();
  const queue: NewWorkQueue = {
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    created_by: storedActor(caller),
    updated_by: null,
    name,
    description: "",
    is_paused: false,
    concurrency_limit: null,
    priority: firstFree((await tx.workQueues.listOfPool(pool.id)).map(({ priority }) => priority)),
    filter: null,
    last_polled: null,
    status: "NOT_READY",
    work_pool_id: pool.id,
  };
  await tx.workQueues.create(queue);
  const told = { ...queue, work_pool_name: pool.name, work_pool_type: pool.type };
  await tx.outbox.append([workQueueEvent("created", told, moment)]);
  return queue.id;
}

function firstFree(taken: readonly number[]): number {
  let priority = 1;
  while (taken.includes(priority)) priority += 1;
  return priority;
}
