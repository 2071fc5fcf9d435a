import { endpoints, SLOT_STATES } from "@sluice/schemas";
import {
  createWorkPool,
  deleteWorkPool,
  updateWorkPool,
  workPoolNotFound,
} from "../../commands/work-pools.ts";
import { pollWorkPool } from "../../commands/poll-work-pool.ts";
import type { WorkPool } from "../../store/work-pools.ts";
import type { Call } from "../edge/call.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentPolledRun } from "../presenters/polled-run-presenter.ts";
import { presentWorkPool } from "../presenters/work-pool-presenter.ts";
import type { ApiServices } from "../services.ts";
import { workPoolConcurrency } from "./work-pool-concurrency.ts";

export function workPoolRoutes({ context }: ApiServices): Route[] {
  const { workPools, slots } = context.store.reads;

  const present = async (pools: readonly WorkPool[], call: Call) => {
    const limited = pools.filter((pool) => pool.concurrency_limit !== null).map(({ id }) => id);
    const active = limited.length > 0 ? await slots.countByPool(limited, SLOT_STATES) : new Map();
    const { client_version: clientVersion } = call;
    return pools.map((pool) =>
      presentWorkPool(pool, { activeSlots: active.get(pool.id) ?? 0, clientVersion }),
    );
  };

  return [
    route(endpoints.createWorkPool, async ({ body }, call) => {
      const pool = await createWorkPool(context, call, body);
      return json((await present([pool], call))[0], 201);
    }),
    route(endpoints.readWorkPool, async ({ params }, call) => {
      const pool = await workPools.readByName(call.workspace_id, params.name);
      if (!pool) throw workPoolNotFound(params.name);
      return json((await present([pool], call))[0]);
    }),
    route(endpoints.readWorkPools, async ({ body }, call) => {
      const { work_pools: filter = null, ...page } = body;
      return json(await present(await workPools.list(call.workspace_id, { filter, ...page }), call));
    }),
    route(endpoints.countWorkPools, async ({ body }, call) =>
      json(await workPools.count(call.workspace_id, body.work_pools ?? null)),
    ),
    route(endpoints.updateWorkPool, async ({ params, body }, call) => {
      await updateWorkPool(context, call, params.name, body);
      return noContent();
    }),
    route(endpoints.deleteWorkPool, async ({ params }, call) => {
      await deleteWorkPool(context, call, params.name);
      return noContent();
    }),
    route(endpoints.readWorkPoolScheduledRuns, async ({ params, body }, call) => {
      const { work_queue_names = null, scheduled_before = null, scheduled_after = null, limit } = body;
      const poll = { work_queue_names, scheduled_before, scheduled_after, limit };
      const { pool, runs } = await pollWorkPool(context, call, params.name, poll);
      const now = context.now();
      return json(runs.map((run) => presentPolledRun(pool.id, run, now)));
    }),
    route(endpoints.readWorkPoolConcurrencyStatus, async ({ params, body }, call) =>
      json(await workPoolConcurrency(context, call.workspace_id, params.name, body)),
    ),
  ];
}
