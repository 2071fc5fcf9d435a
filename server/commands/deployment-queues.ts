/** The work queue that a deployment or a run names (protocol section 5.1). */
import {
  AGENT_POOL_TYPE,
  DEFAULT_AGENT_POOL_NAME,
  type WorkQueueId,
  workPoolCreate,
  workQueueCreate,
} from "@sluice/schemas";
import type { StoreTransaction } from "../store/store.ts";
import type { WorkPool } from "../store/work-pools.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal } from "./errors.ts";
import { insertWorkPool, lockWorkPool } from "./work-pools.ts";
import { insertWorkQueue } from "./work-queues.ts";

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
  const pool = await tx.workPools.readByName(caller.workspace_id, DEFAULT_AGENT_POOL_NAME);
  if (pool) return pool;
  const body = workPoolCreate.parse({ name: DEFAULT_AGENT_POOL_NAME, type: AGENT_POOL_TYPE });
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
  const locked = await lockWorkPool(tx, caller, pool.name);
  // Another one may have made it before the lock was had.
  const found = await find();
  if (found) return found.id;
  // In the pool for agents a new queue comes first, as upstream.
  const priority = pool.name === DEFAULT_AGENT_POOL_NAME ? 1 : null;
  const body = workQueueCreate.parse({ name, priority });
  return (await insertWorkQueue(tx, caller, locked, body, now)).id;
}
