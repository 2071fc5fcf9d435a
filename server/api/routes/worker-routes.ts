import { endpoints } from "@sluice/schemas";
import { workPoolNotFound } from "../../commands/work-pools.ts";
import { deleteWorker, recordWorkerHeartbeat } from "../../commands/workers.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentWorker } from "../presenters/worker-presenter.ts";
import type { ApiServices } from "../services.ts";

export function workerRoutes({ context }: ApiServices): Route[] {
  const { workPools, workers } = context.store.reads;
  return [
    route(endpoints.sendWorkerHeartbeat, async ({ params, body }, call) => {
      await recordWorkerHeartbeat(context, call, params.work_pool_name, body);
      return noContent();
    }),
    route(endpoints.readWorkers, async ({ params, body }, call) => {
      const pool = await workPools.readByName(call.workspace_id, params.work_pool_name);
      if (!pool) throw workPoolNotFound(params.work_pool_name);
      const { workers: filter = null, ...page } = body;
      return json((await workers.list(pool.id, { filter, ...page })).map(presentWorker));
    }),
    route(endpoints.deleteWorker, async ({ params }, call) => {
      await deleteWorker(context, call, params.work_pool_name, params.name);
      return noContent();
    }),
  ];
}
