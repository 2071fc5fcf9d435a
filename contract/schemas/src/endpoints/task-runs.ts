/** Endpoints of task runs. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { nullableObjectFilters, objectFilters } from "../filters/object-filters.ts";
import { taskRunSort } from "../filters/sorts.ts";
import { historyRangeFields, historyResponse } from "../histories.ts";
import { orchestrationResultResponse } from "../orchestration-results.ts";
import { idParam } from "../parameters.ts";
import { limitField, offsetField, pageField, pageResponse, withDefault } from "../request-fields.ts";
import { taskRunCreate, taskRunPageItem, taskRunResponse, taskRunUpdate } from "../task-runs.ts";
import { setStateRequest } from "./flow-runs.ts";

const tag = "Task Runs";
const params = idParam<"task-run">();
const sort = withDefault(taskRunSort, "ID_DESC");

export const taskRunEndpoints = {
  createTaskRun: endpoint({
    operationId: "createTaskRun",
    method: "POST",
    path: "/task_runs/",
    tag,
    summary: "Create a task run (201), or find the one of those keys (200)",
    body: taskRunCreate,
    statuses: [200, 201],
    response: taskRunResponse,
  }),
  updateTaskRun: endpoint({
    operationId: "updateTaskRun",
    method: "PATCH",
    path: "/task_runs/{id}",
    tag,
    summary: "Change a task run",
    params,
    body: taskRunUpdate,
    statuses: [204],
  }),
  countTaskRuns: endpoint({
    operationId: "countTaskRuns",
    method: "POST",
    path: "/task_runs/count",
    tag,
    summary: "Count task runs",
    body: z.object(objectFilters),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  readTaskRunHistory: endpoint({
    operationId: "readTaskRunHistory",
    method: "POST",
    path: "/task_runs/history",
    tag,
    summary: "Task runs by state over intervals of time",
    body: z.object({ ...historyRangeFields, ...objectFilters }),
    statuses: [200],
    response: z.array(historyResponse),
  }),
  readTaskRun: endpoint({
    operationId: "readTaskRun",
    method: "GET",
    path: "/task_runs/{id}",
    tag,
    summary: "Read a task run",
    params,
    statuses: [200],
    response: taskRunResponse,
  }),
  readTaskRuns: endpoint({
    operationId: "readTaskRuns",
    method: "POST",
    path: "/task_runs/filter",
    tag,
    summary: "List task runs",
    body: z.object({ sort, limit: limitField, offset: offsetField, ...nullableObjectFilters }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(taskRunResponse),
  }),
  paginateTaskRuns: endpoint({
    operationId: "paginateTaskRuns",
    method: "POST",
    path: "/task_runs/paginate",
    tag,
    summary: "List task runs page by page",
    body: z.object({ sort, limit: limitField, page: pageField, ...nullableObjectFilters }),
    bodyOptional: true,
    statuses: [200],
    response: pageResponse(taskRunPageItem).meta({ id: "TaskRunPaginationResponse" }),
  }),
  deleteTaskRun: endpoint({
    operationId: "deleteTaskRun",
    method: "DELETE",
    path: "/task_runs/{id}",
    tag,
    summary: "Delete a task run",
    params,
    statuses: [204],
  }),
  setTaskRunState: endpoint({
    operationId: "setTaskRunState",
    method: "POST",
    path: "/task_runs/{id}/set_state",
    tag,
    summary: "Propose a state: 201 when a new one was written, 200 when the run stays in its own",
    params,
    body: setStateRequest,
    statuses: [200, 201],
    response: orchestrationResultResponse,
  }),
};
