/** Endpoints of state histories. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { idSchema } from "../ids.ts";
import { idParam } from "../parameters.ts";
import { stateResponse } from "../states.ts";

const params = idParam<"state">();

export const flowRunStateEndpoints = {
  readFlowRunState: endpoint({
    operationId: "readFlowRunState",
    method: "GET",
    path: "/flow_run_states/{id}",
    tag: "Flow Run States",
    summary: "Read a state of a flow run",
    params,
    statuses: [200],
    response: stateResponse,
  }),
  readFlowRunStates: endpoint({
    operationId: "readFlowRunStates",
    method: "GET",
    path: "/flow_run_states/",
    tag: "Flow Run States",
    summary: "The states of a flow run, oldest first",
    query: z.object({ flow_run_id: idSchema<"flow-run">() }),
    statuses: [200],
    response: z.array(stateResponse),
  }),
};

export const taskRunStateEndpoints = {
  readTaskRunState: endpoint({
    operationId: "readTaskRunState",
    method: "GET",
    path: "/task_run_states/{id}",
    tag: "Task Run States",
    summary: "Read a state of a task run",
    params,
    statuses: [200],
    response: stateResponse,
  }),
  readTaskRunStates: endpoint({
    operationId: "readTaskRunStates",
    method: "GET",
    path: "/task_run_states/",
    tag: "Task Run States",
    summary: "The states of a task run, oldest first",
    query: z.object({ task_run_id: idSchema<"task-run">() }),
    statuses: [200],
    response: z.array(stateResponse),
  }),
};
