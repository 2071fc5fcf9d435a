/** Work queues by id and by name, as before there were pools: a name means a queue of the default agent pool. */
import { DEFAULT_AGENT_POOL_NAME, endpoints, type WorkQueueId, type WorkspaceId } from "@sluice/schemas";
import {
  AGENT_SLOT_STATES,
  agentQueueHealth,
  countAgentQueueSlots,
  createAgentQueue,
} from "../../commands/agent-queues.ts";
import { objectNotFound, Refusal } from "../../commands/errors.ts";
import { pollAgentQueue } from "../../commands/poll-work-pool.ts";
import { deleteWorkQueue, updateWorkQueue, workQueueNotFound } from "../../commands/work-queues.ts";
import type { WorkQueue } from "../../store/work-queues.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentFlowRun } from "../presenters/flow-run-presenter.ts";
import { momentOrNull } from "../presenters/moments.ts";
import { presentSlotHolder } from "../presenters/slot-presenter.ts";
import { presentWorkQueue } from "../presenters/work-queue-presenter.ts";
import type { ApiServices } from "../services.ts";
import { pageCount, pageOffset } from "./pages.ts";

export function workQueueRoutes({ context }: ApiServices): Route[] {
  const { reads } = context.store;
  const { workPools, workQueues, slots } = reads;

  const present = async (workspaceId: WorkspaceId, queues: readonly WorkQueue[]) => {
    const limited = queues.filter((queue) => queue.concurrency_limit !== null);
    const active =
      limited.length > 0
        ? await countAgentQueueSlots(reads, workspaceId, limited)
        : new Map<WorkQueueId, number>();
    return queues.map((queue) => presentWorkQueue(queue, active.get(queue.id) ?? 0));
  };

  const findByName = async (workspaceId: WorkspaceId, name: string) => {
    if (await workPools.readByName(workspaceId, DEFAULT_AGENT_POOL_NAME)) {
      return await workQueues.readByName(workspaceId, DEFAULT_AGENT_POOL_NAME, name);
    }
    const filter = { operator: "and_" as const, name: { any_: [name] } };
    const [queue] = await workQueues.list(workspaceId, { filter, limit: 1, offset: 0 });
    return queue ?? null;
  };

  return [
    route(endpoints.createWorkQueue, async ({ body }, call) =>
      json(presentWorkQueue(await createAgentQueue(context, call, body), 0), 201),
    ),
    route(endpoints.readWorkQueue, async ({ params }, call) => {
      const queue = await workQueues.read(call.workspace_id, params.id);
      if (!queue) throw workQueueNotFound(params);
      return json((await present(call.workspace_id, [queue]))[0]);
    }),
    route(endpoints.readWorkQueueByName, async ({ params }, call) => {
      const queue = await findByName(call.workspace_id, params.name);
      if (!queue) throw new Refusal("not_found", "work queue not found");
      return json((await present(call.workspace_id, [queue]))[0]);
    }),
    route(endpoints.readWorkQueues, async ({ body }, call) => {
      const { work_queues: filter = null, ...page } = body;
      const found = await workQueues.list(call.workspace_id, { filter, ...page });
      return json(await present(call.workspace_id, found));
    }),
    route(endpoints.updateWorkQueue, async ({ params, body }, call) => {
      if (!(await workQueues.read(call.workspace_id, params.id))) {
        throw new Refusal("not_found", `Work Queue ${params.id} not found`);
      }
      await updateWorkQueue(context, call, params, body);
      return noContent();
    }),
    route(endpoints.deleteWorkQueue, async ({ params }, call) => {
      await deleteWorkQueue(context, call, params);
      return noContent();
    }),
    route(endpoints.readWorkQueueRuns, async ({ params, body }, call) => {
      const { scheduled_before = null, limit } = body;
      const poll = { scheduled_before, limit, isPeek: call.is_from_ui };
      const runs = await pollAgentQueue(context, call, params.id, poll);
      const now = context.now();
      return json(runs.map((run) => presentFlowRun(run, now)));
    }),
    route(endpoints.readWorkQueueStatus, async ({ params }, call) => {
      const queue = await workQueues.read(call.workspace_id, params.id);
      if (!queue) throw objectNotFound(`Work queue with id ${params.id} not found`);
      const { last_polled, ...health } = await agentQueueHealth(reads, queue, context.now());
      return json({ ...health, last_polled: momentOrNull(last_polled) });
    }),
    route(endpoints.readWorkQueueConcurrencyStatus, async ({ params, body }, call) => {
      const queue = await workQueues.read(call.workspace_id, params.id);
      if (!queue) throw new Refusal("not_found", "Work queue not found.");
      const { page, limit } = body;
      const [counts, holders] = await Promise.all([
        slots.countByQueue([queue.id], AGENT_SLOT_STATES),
        slots.listHolders(queue.id, AGENT_SLOT_STATES, { limit, offset: pageOffset(body) }),
      ]);
      const count = counts.get(queue.id) ?? 0;
      const moment = context.now();
      return json({
        active_slots: count,
        concurrency_limit: queue.concurrency_limit,
        flow_runs: holders.map((holder) => presentSlotHolder(holder, moment)),
        count,
        limit,
        pages: pageCount(count, limit),
        page,
      });
    }),
  ];
}
