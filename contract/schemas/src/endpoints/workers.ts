/** Endpoints of the workers of a work pool. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { workerFilter } from "../filters/work-filters.ts";
import { limitField, offsetField } from "../request-fields.ts";
import { workerHeartbeat, workerResponse } from "../workers.ts";

const tag = "Work Pools";
const params = z.object({ work_pool_name: z.string() });

export const workerEndpoints = {
  sendWorkerHeartbeat: endpoint({
    operationId: "sendWorkerHeartbeat",
    method: "POST",
    path: "/work_pools/{work_pool_name}/workers/heartbeat",
    tag,
    summary: "Say that a worker is there; the first heartbeat introduces it",
    params,
    body: workerHeartbeat,
    statuses: [204],
  }),
  readWorkers: endpoint({
    operationId: "readWorkers",
    method: "POST",
    path: "/work_pools/{work_pool_name}/workers/filter",
    tag,
    summary: "List the workers of a pool, the one heard of last first",
    params,
    body: z.object({ workers: workerFilter.nullish(), limit: limitField, offset: offsetField }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(workerResponse),
  }),
  deleteWorker: endpoint({
    operationId: "deleteWorker",
    method: "DELETE",
    path: "/work_pools/{work_pool_name}/workers/{name}",
    tag,
    summary: "Forget a worker",
    params: z.object({ work_pool_name: z.string(), name: z.string() }),
    statuses: [204],
  }),
};
