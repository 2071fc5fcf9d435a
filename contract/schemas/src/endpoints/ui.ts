/** Endpoints for screens (protocol section 2.3); not in the reference's OpenAPI document. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import {
  nullableObjectAndPoolFilters,
  nullableObjectFilters,
  objectAndPoolFilters,
} from "../filters/object-filters.ts";
import { flowRunSort } from "../filters/sorts.ts";
import { taskRunFilter } from "../filters/task-run-filter.ts";
import { workQueueFilter } from "../filters/work-filters.ts";
import { idParam } from "../parameters.ts";
import { offsetField, withDefault } from "../request-fields.ts";
import {
  countByStateResponse,
  countsByIdResponse,
  flowIdsRequest,
  flowRunIdsRequest,
  MAXIMUM_PLOTTED_RUNS,
  nextRunsByFlowResponse,
  schemaValuesRequest,
  schemaValuesValidationResponse,
  simpleFlowRunResponse,
  taskRunCountResponse,
  uiTaskRunResponse,
} from "../ui.ts";

const tag = "UI";

export const uiEndpoints = {
  readUiFlowRunHistory: endpoint({
    operationId: "readUiFlowRunHistory",
    method: "POST",
    path: "/ui/flow_runs/history",
    tag,
    summary: "Flow runs as dots: when, how long, how late",
    body: z.object({
      sort: withDefault(flowRunSort, "EXPECTED_START_TIME_DESC"),
      limit: withDefault(integer.min(0).max(MAXIMUM_PLOTTED_RUNS), MAXIMUM_PLOTTED_RUNS),
      offset: offsetField,
      ...objectAndPoolFilters,
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(simpleFlowRunResponse),
  }),
  countTaskRunsByFlowRun: endpoint({
    operationId: "countTaskRunsByFlowRun",
    method: "POST",
    path: "/ui/flow_runs/count-task-runs",
    tag,
    summary: "How many task runs each flow run has, subflows left out",
    body: flowRunIdsRequest,
    statuses: [200],
    response: countsByIdResponse,
  }),
  countDeploymentsByFlow: endpoint({
    operationId: "countDeploymentsByFlow",
    method: "POST",
    path: "/ui/flows/count-deployments",
    tag,
    summary: "How many deployments each flow has",
    body: flowIdsRequest,
    statuses: [200],
    response: countsByIdResponse,
  }),
  readNextRunsByFlow: endpoint({
    operationId: "readNextRunsByFlow",
    method: "POST",
    path: "/ui/flows/next-runs",
    tag,
    summary: "The next scheduled run of each flow",
    body: flowIdsRequest,
    statuses: [200],
    response: nextRunsByFlowResponse,
  }),
  readTaskRunDashboardCounts: endpoint({
    operationId: "readTaskRunDashboardCounts",
    method: "POST",
    path: "/ui/task_runs/dashboard/counts",
    tag,
    summary: "Completed and failed task runs in slices of time; needs task_runs.start_time.after_",
    body: z.object({
      ...nullableObjectAndPoolFilters,
      task_runs: taskRunFilter,
      work_queues: workQueueFilter.nullish(),
    }),
    statuses: [200],
    response: z.array(taskRunCountResponse),
  }),
  countTaskRunsByState: endpoint({
    operationId: "countTaskRunsByState",
    method: "POST",
    path: "/ui/task_runs/count",
    tag,
    summary: "Task runs by the type of their state",
    body: z.object(nullableObjectFilters),
    bodyOptional: true,
    statuses: [200],
    response: countByStateResponse,
  }),
  readUiTaskRun: endpoint({
    operationId: "readUiTaskRun",
    method: "GET",
    path: "/ui/task_runs/{id}",
    tag,
    summary: "Read a task run, with the name of its flow run",
    params: idParam<"task-run">(),
    statuses: [200],
    response: uiTaskRunResponse,
  }),
  validateSchemaValues: endpoint({
    operationId: "validateSchemaValues",
    method: "POST",
    path: "/ui/schemas/validate",
    tag,
    summary: "Check values against a JSON Schema",
    body: schemaValuesRequest,
    statuses: [200],
    response: schemaValuesValidationResponse,
  }),
};
