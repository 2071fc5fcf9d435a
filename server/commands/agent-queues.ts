/**
 * Work queues as there were before work pools (protocol sections 5.4 and 5.6): they live in the default agent pool, hold
 * their slots while cancelling too, and may choose their runs by tags and deployments.
 */
import {
  AGENT_POOL_TYPE,
  DEFAULT_AGENT_POOL_NAME,
  DEFAULT_QUEUE_NAME,
  type FlowRunFilter,
  type QueueFilter,
  SLOT_STATES,
  type StateType,
  type Timestamp,
  type WorkQueueCreate,
  type WorkQueueId,
  type WorkspaceId,
  workPoolCreate,
} from "@sluice/schemas";
import { isPolled, POLL_TIMEOUT_SECONDS } from "../orchestration/work/statuses.ts";
import { StoreConflictError } from "../store/errors.ts";
import type { StoreReads } from "../store/store.ts";
import type { WorkQueue } from "../store/work-queues.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal } from "./errors.ts";
import { insertWorkPool, lockWorkPool } from "./work-pools.ts";
import { insertWorkQueue } from "./work-queues.ts";

/** Runs in these states hold a slot of a queue that is looked at by id. */
export const AGENT_SLOT_STATES = [...SLOT_STATES, "CANCELLING"] as const satisfies readonly StateType[];

/** So many runs may be late before a queue counts as unhealthy. */
const MAXIMUM_LATE_RUNS = 0;

/** Makes a queue of the default agent pool. @throws Refusal conflict when there is one of that name */
export async function createAgentQueue(
  context: CommandContext,
  caller: Caller,
  body: WorkQueueCreate,
): Promise<WorkQueue> {
  const { store, now } = context;
  const isPoolNew = await ensureAgentPool(context, caller);
  if (isPoolNew && body.name === DEFAULT_QUEUE_NAME) {
    const queue = await store.reads.workQueues.readByName(
      caller.workspace_id,
      DEFAULT_AGENT_POOL_NAME,
      body.name,
    );
    if (queue) return queue;
  }
  try {
    return await store.transaction(async (tx) => {
      const pool = await lockWorkPool(tx, caller, DEFAULT_AGENT_POOL_NAME);
      return await insertWorkQueue(tx, caller, pool, body, now);
    });
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    throw new Refusal("conflict", "A work queue with this name already exists.");
  }
}

/** Makes the pool of queues without a pool if it is not there; false: it was. */
async function ensureAgentPool({ store, now }: CommandContext, caller: Caller): Promise<boolean> {
  const isThere = async () =>
    (await store.reads.workPools.readByName(caller.workspace_id, DEFAULT_AGENT_POOL_NAME)) !== null;
  if (await isThere()) return false;
  const body = workPoolCreate.parse({ name: DEFAULT_AGENT_POOL_NAME, type: AGENT_POOL_TYPE });
  try {
    await store.transaction((tx) => insertWorkPool(tx, caller, body, now));
    return true;
  } catch (error) {
    // Somebody else made it in this moment.
    if (error instanceof StoreConflictError && (await isThere())) return false;
    throw error;
  }
}

/** How many slots of each queue are held. */
export async function countAgentQueueSlots(
  reads: Pick<StoreReads, "slots" | "flowRuns">,
  workspaceId: WorkspaceId,
  queues: readonly WorkQueue[],
): Promise<Map<WorkQueueId, number>> {
  const counts = await reads.slots.countByQueue(
    queues.map(({ id }) => id),
    AGENT_SLOT_STATES,
  );
  for (const { id, filter } of queues) {
    if (!filter) continue;
    const flow_runs = runsOfFilter(filter, { state: { operator: "and_", type: { any_: [...SLOT_STATES] } } });
    counts.set(id, await reads.flowRuns.count(workspaceId, { flow_runs }));
  }
  return counts;
}

/** The runs that a queue chooses by tags and deployments. */
export function runsOfFilter(
  { tags, deployment_ids }: QueueFilter,
  more: Omit<FlowRunFilter, "operator">,
): FlowRunFilter {
  return {
    operator: "and_",
    tags: { operator: "and_", all_: tags && [...tags] },
    deployment_id: { operator: "and_", any_: deployment_ids && [...deployment_ids], is_null_: false },
    ...more,
  };
}

/** Whether a queue is polled and its runs are on time. */
export async function agentQueueHealth(
  reads: Pick<StoreReads, "flowRuns">,
  { workspace_id, id, last_polled }: WorkQueue,
  now: Timestamp,
) {
  const late = await reads.flowRuns.count(workspace_id, {
    flow_runs: { operator: "and_", state: { operator: "and_", name: { any_: ["Late"] } } },
    work_pool_queues: { operator: "and_", id: { any_: [id] } },
  });
  return {
    healthy: late <= MAXIMUM_LATE_RUNS && isPolled(last_polled, now),
    late_runs_count: late,
    last_polled,
    health_check_policy: {
      maximum_late_runs: MAXIMUM_LATE_RUNS,
      maximum_seconds_since_last_polled: POLL_TIMEOUT_SECONDS,
    },
  };
}
