/** Endpoints of work pools. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { workPoolFilter } from "../filters/work-filters.ts";
import { limitField, offsetField, omittable, pageField, withDefault } from "../request-fields.ts";
import { timestampInput } from "../timestamps.ts";
import { workerFlowRunResponse } from "../workers.ts";
import {
  workPoolConcurrencyStatus,
  workPoolCreate,
  workPoolResponse,
  workPoolUpdate,
} from "../work-pools.ts";

const tag = "Work Pools";
const params = z.object({ name: z.string() });
const pools = workPoolFilter.nullish();

/** How many runs a concurrency status names per queue at most. */
const MAXIMUM_FLOW_RUN_LIMIT = 200;

export const workPoolEndpoints = {
  readWorkPoolScheduledRuns: endpoint({
    operationId: "readWorkPoolScheduledRuns",
    method: "POST",
    path: "/work_pools/{name}/get_scheduled_flow_runs",
    tag,
    summary: "List the runs of a pool's queues that may begin; nothing is claimed by it",
    params,
    body: z.object({
      work_queue_names: omittable(z.array(z.string())),
      scheduled_before: omittable(timestampInput),
      scheduled_after: omittable(timestampInput),
      limit: limitField,
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(workerFlowRunResponse),
  }),
  createWorkPool: endpoint({
    operationId: "createWorkPool",
    method: "POST",
    path: "/work_pools/",
    tag,
    summary: "Create a work pool with its default queue; 409 when the name is taken",
    body: workPoolCreate,
    statuses: [201],
    response: workPoolResponse,
  }),
  readWorkPool: endpoint({
    operationId: "readWorkPool",
    method: "GET",
    path: "/work_pools/{name}",
    tag,
    summary: "Read a work pool",
    params,
    statuses: [200],
    response: workPoolResponse,
  }),
  readWorkPools: endpoint({
    operationId: "readWorkPools",
    method: "POST",
    path: "/work_pools/filter",
    tag,
    summary: "List work pools by name",
    body: z.object({ work_pools: pools, limit: limitField, offset: offsetField }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(workPoolResponse),
  }),
  countWorkPools: endpoint({
    operationId: "countWorkPools",
    method: "POST",
    path: "/work_pools/count",
    tag,
    summary: "Count work pools",
    body: z.object({ work_pools: pools }),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  updateWorkPool: endpoint({
    operationId: "updateWorkPool",
    method: "PATCH",
    path: "/work_pools/{name}",
    tag,
    summary: "Change a work pool",
    params,
    body: workPoolUpdate,
    statuses: [204],
  }),
  deleteWorkPool: endpoint({
    operationId: "deleteWorkPool",
    method: "DELETE",
    path: "/work_pools/{name}",
    tag,
    summary: "Delete a work pool with its queues and workers",
    params,
    statuses: [204],
  }),
  readWorkPoolConcurrencyStatus: endpoint({
    operationId: "readWorkPoolConcurrencyStatus",
    method: "POST",
    path: "/work_pools/{name}/concurrency_status",
    tag,
    summary: "Read which runs hold the slots of a pool, queue by queue",
    params,
    body: z.object({
      page: pageField,
      limit: limitField,
      flow_run_limit: withDefault(integer.min(0).max(MAXIMUM_FLOW_RUN_LIMIT), 10),
    }),
    bodyOptional: true,
    statuses: [200],
    response: workPoolConcurrencyStatus,
  }),
};
