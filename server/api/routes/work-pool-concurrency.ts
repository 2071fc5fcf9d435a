/** Which runs hold the slots of a work pool, queue by queue. */
import { SLOT_STATES, type WorkPoolConcurrencyStatus, type WorkspaceId } from "@sluice/schemas";
import type { CommandContext } from "../../commands/context.ts";
import { Refusal } from "../../commands/errors.ts";
import { presentSlotHolder } from "../presenters/slot-presenter.ts";
import { type PageRequest, pageCount, pageOffset } from "./pages.ts";

interface ConcurrencyRequest extends PageRequest {
  /** How many runs to name per queue. */
  readonly flow_run_limit: number;
}

/** @throws Refusal not_found */
export async function workPoolConcurrency(
  { store: { reads }, now }: Pick<CommandContext, "store" | "now">,
  workspaceId: WorkspaceId,
  name: string,
  request: ConcurrencyRequest,
): Promise<WorkPoolConcurrencyStatus> {
  const pool = await reads.workPools.readByName(workspaceId, name);
  if (!pool) throw new Refusal("not_found", `Work pool '${name}' not found.`);
  const { page, limit, flow_run_limit } = request;
  const [queues, count, ofPool] = await Promise.all([
    reads.workQueues.listOfPool(pool.id, { filter: null, limit, offset: pageOffset(request) }),
    reads.workQueues.countOfPool(pool.id),
    reads.slots.countByPool([pool.id], SLOT_STATES),
  ]);
  const ids = queues.map(({ id }) => id);
  const ofQueues = await reads.slots.countByQueue(ids, SLOT_STATES);
  const moment = now();
  const details = queues.map(async (queue) => {
    const active = ofQueues.get(queue.id) ?? 0;
    const holders =
      active > 0 && flow_run_limit > 0
        ? await reads.slots.listHolders(queue.id, SLOT_STATES, { limit: flow_run_limit, offset: 0 })
        : [];
    return {
      queue_id: queue.id,
      queue_name: queue.name,
      active_slots: active,
      concurrency_limit: queue.concurrency_limit,
      flow_runs: holders.map((holder) => presentSlotHolder(holder, moment)),
      flow_run_count: active,
    };
  });
  return {
    active_slots: ofPool.get(pool.id) ?? 0,
    concurrency_limit: pool.concurrency_limit,
    queues: await Promise.all(details),
    count,
    limit,
    pages: pageCount(count, limit),
    page,
  };
}
