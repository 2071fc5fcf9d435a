/** The queues of a work pool. */
import { endpoints, SLOT_STATES, type WorkQueueId } from "@sluice/schemas";
import { workPoolNotFound } from "../../commands/work-pools.ts";
import {
  createWorkQueue,
  deleteWorkQueue,
  updateWorkQueue,
  workQueueNotFound,
} from "../../commands/work-queues.ts";
import type { WorkQueue } from "../../store/work-queues.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentWorkQueue } from "../presenters/work-queue-presenter.ts";
import type { ApiServices } from "../services.ts";

export function poolQueueRoutes({ context }: ApiServices): Route[] {
  const { workPools, workQueues, slots } = context.store.reads;

  const present = async (queues: readonly WorkQueue[]) => {
    const limited = queues.filter((queue) => queue.concurrency_limit !== null).map(({ id }) => id);
    const active =
      limited.length > 0 ? await slots.countByQueue(limited, SLOT_STATES) : new Map<WorkQueueId, number>();
    return queues.map((queue) => presentWorkQueue(queue, active.get(queue.id) ?? 0));
  };

  return [
    route(endpoints.createPoolQueue, async ({ params, body }, call) =>
      json(presentWorkQueue(await createWorkQueue(context, call, params.work_pool_name, body), 0), 201),
    ),
    route(endpoints.readPoolQueue, async ({ params }, call) => {
      const queue = await workQueues.readByName(call.workspace_id, params.work_pool_name, params.name);
      if (!queue) throw workQueueNotFound(params);
      return json((await present([queue]))[0]);
    }),
    route(endpoints.readPoolQueues, async ({ params, body }, call) => {
      const pool = await workPools.readByName(call.workspace_id, params.work_pool_name);
      if (!pool) throw workPoolNotFound(params.work_pool_name);
      const { work_queues: filter = null, ...page } = body;
      return json(await present(await workQueues.listOfPool(pool.id, { filter, ...page })));
    }),
    route(endpoints.updatePoolQueue, async ({ params, body }, call) => {
      await updateWorkQueue(context, call, params, body);
      return noContent();
    }),
    route(endpoints.deletePoolQueue, async ({ params }, call) => {
      await deleteWorkQueue(context, call, params);
      return noContent();
    }),
  ];
}
