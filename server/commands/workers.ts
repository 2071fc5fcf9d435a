/** What workers say of themselves, and what their silence says of their pool (protocol section 5.6). */
import { addSeconds, newId, type WorkerHeartbeat } from "@sluice/schemas";
import { POLL_TIMEOUT_SECONDS } from "../orchestration/work/statuses.ts";
import type { WorkPool } from "../store/work-pools.ts";
import type { WorkQueue } from "../store/work-queues.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal } from "./errors.ts";
import { workQueueStatusEvent } from "./work-events.ts";
import { lockWorkPool, workPoolNotFound, writePoolStatus } from "./work-pools.ts";

/** After so many heartbeats that did not come a worker is OFFLINE. */
const MISSED_BEATS = 3;
/** Of a worker that has not said how often it beats. */
const DEFAULT_INTERVAL_SECONDS = 30;

/** The worker is ONLINE, and a pool that was NOT_READY has somebody now. @throws Refusal not_found */
export async function recordWorkerHeartbeat(
  { store, now }: CommandContext,
  caller: Caller,
  poolName: string,
  { name, heartbeat_interval_seconds }: WorkerHeartbeat,
): Promise<void> {
  await store.transaction(async (tx) => {
    // Under the pool's lock nobody finds it abandoned meanwhile.
    const pool = await lockWorkPool(tx, caller, poolName);
    const moment = now();
    await tx.workers.put({
      id: newId(),
      workspace_id: pool.workspace_id,
      work_pool_id: pool.id,
      created: moment,
      updated: moment,
      name,
      last_heartbeat_time: moment,
      heartbeat_interval_seconds: heartbeat_interval_seconds ?? null,
      status: "ONLINE",
    });
    if (pool.status === "NOT_READY") await writePoolStatus(tx, pool, "READY", now);
  });
}

/** @throws Refusal not_found */
export async function deleteWorker(
  { store }: CommandContext,
  { workspace_id }: Caller,
  poolName: string,
  name: string,
): Promise<void> {
  await store.transaction(async (tx) => {
    const pool = await tx.workPools.readByName(workspace_id, poolName);
    if (!pool) throw workPoolNotFound(poolName);
    if (!(await tx.workers.delete(pool.id, name))) throw new Refusal("not_found", "Worker not found.");
  });
}

/** OFFLINE for every worker whose heartbeats have stopped. */
export async function markSilentWorkers({ store, now }: CommandContext): Promise<void> {
  const options = { missedBeats: MISSED_BEATS, defaultIntervalSeconds: DEFAULT_INTERVAL_SECONDS };
  await store.transaction((tx) => tx.workers.markSilent(now(), options));
}

/** NOT_READY for a pool that is READY though none of its workers is ONLINE. */
export async function markPoolAbandoned({ store, now }: CommandContext, { workspace_id, id }: WorkPool) {
  await store.transaction(async (tx) => {
    const pool = await tx.workPools.lock(workspace_id, id);
    if (pool?.status !== "READY" || (await tx.workers.countOnline(id)) > 0) return;
    await writePoolStatus(tx, pool, "NOT_READY", now);
  });
}

/** READY queues that nobody polls any more. */
export async function listUnpolledQueues(
  { store, now }: CommandContext,
  limit: number,
): Promise<WorkQueue[]> {
  return await store.reads.workQueues.listUnpolled(addSeconds(now(), -POLL_TIMEOUT_SECONDS), limit);
}

/** NOT_READY for a queue that nobody polls any more. */
export async function markQueueUnpolled({ store, now }: CommandContext, { id }: WorkQueue): Promise<void> {
  await store.transaction(async (tx) => {
    const moment = now();
    const queue = await tx.workQueues.markUnpolled(id, addSeconds(moment, -POLL_TIMEOUT_SECONDS), moment);
    if (queue) await tx.outbox.append([workQueueStatusEvent(queue, queue.status, moment)]);
  });
}
