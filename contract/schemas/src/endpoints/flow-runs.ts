/** Endpoints of flow runs: their life and their lists. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { integer, jsonObject } from "../fields.ts";
import { flowRunFilter } from "../filters/flow-run-filter.ts";
import { flowRunListFilters, nullableObjectAndPoolFilters } from "../filters/object-filters.ts";
import { flowRunSort } from "../filters/sorts.ts";
import { workQueueFilter } from "../filters/work-filters.ts";
import { flowRunBulkDeleteResponse, flowRunCreate, flowRunResponse, flowRunUpdate } from "../flow-runs.ts";
import { dependencyResultResponse, graphResponse } from "../graphs.ts";
import { historyRangeFields, historyResponse } from "../histories.ts";
import { flowRunBulkSetStateResponse, orchestrationResultResponse } from "../orchestration-results.ts";
import { idParam } from "../parameters.ts";
import {
  bulkLimitField,
  limitField,
  offsetField,
  pageField,
  pageResponse,
  withDefault,
} from "../request-fields.ts";
import { stateCreate } from "../states.ts";
import { timestampInput } from "../timestamps.ts";

const tag = "Flow Runs";
const params = idParam<"flow-run">();
const sort = withDefault(flowRunSort, "ID_DESC");

/** A proposed state; `force` skips the rules that may say no. */
export const setStateRequest = z.object({ state: stateCreate, force: withDefault(z.boolean(), false) });
export type SetStateRequest = z.output<typeof setStateRequest>;

export const flowRunEndpoints = {
  createFlowRun: endpoint({
    operationId: "createFlowRun",
    method: "POST",
    path: "/flow_runs/",
    tag,
    summary: "Create a flow run (201), or find the one of that idempotency key (200)",
    body: flowRunCreate,
    statuses: [200, 201],
    response: flowRunResponse,
  }),
  updateFlowRun: endpoint({
    operationId: "updateFlowRun",
    method: "PATCH",
    path: "/flow_runs/{id}",
    tag,
    summary: "Change a flow run",
    params,
    body: flowRunUpdate,
    statuses: [204],
  }),
  countFlowRuns: endpoint({
    operationId: "countFlowRuns",
    method: "POST",
    path: "/flow_runs/count",
    tag,
    summary: "Count flow runs",
    body: z.object(flowRunListFilters),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  readFlowRunLateness: endpoint({
    operationId: "readFlowRunLateness",
    method: "POST",
    path: "/flow_runs/lateness",
    tag,
    summary: "The average lateness of flow runs in seconds, null without runs",
    body: z.object(flowRunListFilters),
    bodyOptional: true,
    statuses: [200],
    response: z.number().nullable(),
  }),
  readFlowRunHistory: endpoint({
    operationId: "readFlowRunHistory",
    method: "POST",
    path: "/flow_runs/history",
    tag,
    summary: "Flow runs by state over intervals of time",
    body: z.object({
      ...historyRangeFields,
      ...nullableObjectAndPoolFilters,
      work_queues: workQueueFilter.nullish(),
    }),
    statuses: [200],
    response: z.array(historyResponse),
  }),
  readFlowRun: endpoint({
    operationId: "readFlowRun",
    method: "GET",
    path: "/flow_runs/{id}",
    tag,
    summary: "Read a flow run",
    params,
    statuses: [200],
    response: flowRunResponse,
  }),
  readFlowRunGraphV1: endpoint({
    operationId: "readFlowRunGraphV1",
    method: "GET",
    path: "/flow_runs/{id}/graph",
    tag,
    summary: "The task runs of a flow run and what they waited for, as a list",
    params,
    statuses: [200],
    response: z.array(dependencyResultResponse),
  }),
  readFlowRunGraph: endpoint({
    operationId: "readFlowRunGraph",
    method: "GET",
    path: "/flow_runs/{id}/graph-v2",
    tag,
    summary: "The graph of a flow run; `since` leaves out what ended before",
    params,
    query: z.object({ since: timestampInput.optional() }),
    statuses: [200],
    response: graphResponse,
  }),
  resumeFlowRun: endpoint({
    operationId: "resumeFlowRun",
    method: "POST",
    path: "/flow_runs/{id}/resume",
    tag,
    summary: "Resume a paused flow run, with its input if it waits for one",
    params,
    body: z.object({ run_input: jsonObject().nullish() }),
    bodyOptional: true,
    statuses: [200, 201],
    response: orchestrationResultResponse,
  }),
  readFlowRuns: endpoint({
    operationId: "readFlowRuns",
    method: "POST",
    path: "/flow_runs/filter",
    tag,
    summary: "List flow runs",
    body: z.object({ sort, limit: limitField, offset: offsetField, ...flowRunListFilters }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(flowRunResponse),
  }),
  paginateFlowRuns: endpoint({
    operationId: "paginateFlowRuns",
    method: "POST",
    path: "/flow_runs/paginate",
    tag,
    summary: "List flow runs page by page",
    body: z.object({ sort, limit: limitField, page: pageField, ...flowRunListFilters }),
    bodyOptional: true,
    statuses: [200],
    response: pageResponse(flowRunResponse).meta({ id: "FlowRunPaginationResponse" }),
  }),
  deleteFlowRun: endpoint({
    operationId: "deleteFlowRun",
    method: "DELETE",
    path: "/flow_runs/{id}",
    tag,
    summary: "Delete a flow run, with what hangs on it",
    params,
    statuses: [204],
  }),
  bulkDeleteFlowRuns: endpoint({
    operationId: "bulkDeleteFlowRuns",
    method: "POST",
    path: "/flow_runs/bulk_delete",
    tag,
    summary: "Delete the flow runs that match",
    body: z.object({ flow_runs: flowRunFilter.nullish(), limit: bulkLimitField }),
    bodyOptional: true,
    statuses: [200],
    response: flowRunBulkDeleteResponse,
  }),
  bulkSetFlowRunState: endpoint({
    operationId: "bulkSetFlowRunState",
    method: "POST",
    path: "/flow_runs/bulk_set_state",
    tag,
    summary: "Propose one state for the flow runs that match",
    body: z.object({
      flow_runs: flowRunFilter.nullish(),
      state: stateCreate,
      force: withDefault(z.boolean(), false),
      limit: bulkLimitField,
    }),
    statuses: [200],
    response: flowRunBulkSetStateResponse,
  }),
  setFlowRunState: endpoint({
    operationId: "setFlowRunState",
    method: "POST",
    path: "/flow_runs/{id}/set_state",
    tag,
    summary: "Propose a state: 201 when a new one was written, 200 when the run stays in its own",
    params,
    body: setStateRequest,
    statuses: [200, 201],
    response: orchestrationResultResponse,
  }),
  downloadFlowRunLogs: endpoint({
    operationId: "downloadFlowRunLogs",
    method: "GET",
    path: "/flow_runs/{id}/logs/download",
    tag,
    summary: "The logs of a flow run as CSV",
    params,
    statuses: [200],
    response: z.string(),
    contentType: "text/csv",
  }),
  updateFlowRunLabels: endpoint({
    operationId: "updateFlowRunLabels",
    method: "PATCH",
    path: "/flow_runs/{id}/labels",
    tag,
    summary: "Add labels to a flow run, or change them",
    params,
    body: jsonObject(),
    statuses: [204],
  }),
};
