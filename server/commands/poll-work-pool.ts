/** What workers ask for: the runs that may begin (protocol section 5.5). Asking claims nothing. */
import { addSeconds, SLOT_STATES, type Timestamp, type WorkQueueId } from "@sluice/schemas";
import { planAdmission, type QueueFacts } from "../orchestration/admission/plan-admission.ts";
import type { FlowRun } from "../store/flow-runs.ts";
import type { WorkPool } from "../store/work-pools.ts";
import type { WorkQueue } from "../store/work-queues.ts";
import { countAgentQueueSlots, runsOfFilter } from "./agent-queues.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { objectNotFound } from "./errors.ts";
import { markDeploymentsPolled } from "./poll-deployments.ts";
import { workQueueStatusEvent } from "./work-events.ts";
import { workPoolNotFound } from "./work-pools.ts";
import { workQueueNotFound } from "./work-queues.ts";

/** A poll this soon after the last is not noted: many workers ask all the time, and statuses look at minutes. */
const NOTED_EVERY_SECONDS = 5;

export interface WorkPoolPoll {
  /** Null or empty: all queues of the pool. */
  readonly work_queue_names: readonly string[] | null;
  /** Bounds of the time for which runs are scheduled, inclusive; null: none. */
  readonly scheduled_after: Timestamp | null;
  readonly scheduled_before: Timestamp | null;
  readonly limit: number;
}

export interface PolledRuns {
  readonly pool: WorkPool;
  /** Each in one of the pool's queues. */
  readonly runs: readonly FlowRun[];
}

/** The runs of a pool's queues that may begin; its queues are READY from then on. @throws Refusal not_found */
export async function pollWorkPool(
  context: CommandContext,
  caller: Caller,
  name: string,
  { work_queue_names, limit, ...bounds }: WorkPoolPoll,
): Promise<PolledRuns> {
  const { reads } = context.store;
  const pool = await reads.workPools.readByName(caller.workspace_id, name);
  if (!pool) throw workPoolNotFound(name);
  const all = await reads.workQueues.listOfPool(pool.id);
  const queues = work_queue_names?.length ? pick(all, name, work_queue_names) : all;
  const isLimited = [pool, ...queues].some(({ concurrency_limit }) => concurrency_limit !== null);
  const active = isLimited
    ? await reads.slots.countByQueue(
        all.map(({ id }) => id),
        SLOT_STATES,
      )
    : new Map<WorkQueueId, number>();
  const active_slots = [...active.values()].reduce((sum, count) => sum + count, 0);
  const plan = planAdmission({ ...pool, active_slots }, withActiveSlots(queues, active), limit);
  const runs = await reads.waitingRuns.list({ ...plan, ...bounds, with_in_process_retries: false });
  await notePoll(context, caller, queues);
  return { pool, runs };
}

export interface AgentQueuePoll {
  readonly scheduled_before: Timestamp | null;
  readonly limit: number;
  /** True when somebody only looks: that is no sign of an agent. */
  readonly isPeek: boolean;
}

/** The runs of one queue that may begin, as agents ask for them. @throws Refusal object_not_found */
export async function pollAgentQueue(
  context: CommandContext,
  caller: Caller,
  id: WorkQueueId,
  { isPeek, ...poll }: AgentQueuePoll,
): Promise<readonly FlowRun[]> {
  const queue = await context.store.reads.workQueues.read(caller.workspace_id, id);
  if (!queue) throw objectNotFound(`Work queue with id ${id} not found.`);
  const runs = await listAgentRuns(context, queue, poll);
  if (!isPeek) await notePoll(context, caller, [queue]);
  return runs;
}

async function listAgentRuns(
  { store: { reads } }: CommandContext,
  queue: WorkQueue,
  { scheduled_before, limit }: Omit<AgentQueuePoll, "isPeek">,
): Promise<FlowRun[]> {
  const active =
    queue.concurrency_limit === null
      ? new Map<WorkQueueId, number>()
      : await countAgentQueueSlots(reads, queue.workspace_id, [queue]);
  const anyPool = { is_paused: false, concurrency_limit: null, active_slots: 0 };
  const plan = planAdmission(anyPool, withActiveSlots([queue], active), limit);
  const [allowance] = plan.allowances;
  if (!allowance) return [];
  if (!queue.filter) {
    const bounds = { scheduled_before, scheduled_after: null };
    return await reads.waitingRuns.list({ ...plan, ...bounds, with_in_process_retries: true });
  }
  const flow_runs = runsOfFilter(queue.filter, {
    state: { operator: "and_", type: { any_: ["SCHEDULED"] } },
    next_scheduled_start_time: { before_: scheduled_before },
  });
  return await reads.flowRuns.list(queue.workspace_id, {
    filters: { flow_runs },
    sort: "NEXT_SCHEDULED_START_TIME_ASC",
    limit: allowance.at_most,
    offset: 0,
  });
}

function pick(queues: readonly WorkQueue[], poolName: string, names: readonly string[]): WorkQueue[] {
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  return [...new Set(names)].map((name) => {
    const queue = byName.get(name);
    if (!queue) throw workQueueNotFound({ work_pool_name: poolName, name });
    return queue;
  });
}

function withActiveSlots(
  queues: readonly WorkQueue[],
  active: ReadonlyMap<WorkQueueId, number>,
): QueueFacts<WorkQueueId>[] {
  return queues.map((queue) => ({ ...queue, active_slots: active.get(queue.id) ?? 0 }));
}

/** Somebody asked for runs of these queues: queues and their deployments are READY. */
async function notePoll(
  context: CommandContext,
  caller: Caller,
  queues: readonly WorkQueue[],
): Promise<void> {
  const { store, now } = context;
  const notedSince = addSeconds(now(), -NOTED_EVERY_SECONDS);
  const ids = queues
    .filter(({ status, last_polled }) => status === "NOT_READY" || (last_polled ?? 0) <= notedSince)
    .map(({ id }) => id);
  if (ids.length === 0) return;
  await store.transaction(async (tx) => {
    const moment = now();
    const ready = await tx.workQueues.markPolled(ids, moment);
    await tx.outbox.append(ready.map((queue) => workQueueStatusEvent(queue, queue.status, moment)));
  });
  await markDeploymentsPolled(context, caller.workspace_id, { workQueueIds: ids });
}
