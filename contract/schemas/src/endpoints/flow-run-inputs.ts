/** Endpoints of the values that a flow run is given while it runs. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { idSchema } from "../ids.ts";
import { idParam } from "../parameters.ts";
import { withDefault } from "../request-fields.ts";
import { runInputCreate, runInputResponse } from "../run-inputs.ts";

const tag = "Flow Runs";
const params = idParam<"flow-run">();
const keyParams = z.object({ id: idSchema<"flow-run">(), key: z.string() });

export const flowRunInputEndpoints = {
  createFlowRunInput: endpoint({
    operationId: "createFlowRunInput",
    method: "POST",
    path: "/flow_runs/{id}/input",
    tag,
    summary: "Give a flow run a value; 409 when it has one of that key",
    params,
    body: runInputCreate,
    statuses: [201],
    response: z.null(),
  }),
  filterFlowRunInputs: endpoint({
    operationId: "filterFlowRunInputs",
    method: "POST",
    path: "/flow_runs/{id}/input/filter",
    tag,
    summary: "The values whose keys have a prefix, oldest first",
    params,
    body: z.object({
      prefix: z.string(),
      limit: withDefault(integer, 1),
      exclude_keys: withDefault(z.array(z.string()), []),
    }),
    statuses: [200],
    response: z.array(runInputResponse),
  }),
  readFlowRunInput: endpoint({
    operationId: "readFlowRunInput",
    method: "GET",
    path: "/flow_runs/{id}/input/{key}",
    tag,
    summary: "The value of a key, raw",
    params: keyParams,
    statuses: [200],
    response: z.string(),
    contentType: "text/plain",
  }),
  deleteFlowRunInput: endpoint({
    operationId: "deleteFlowRunInput",
    method: "DELETE",
    path: "/flow_runs/{id}/input/{key}",
    tag,
    summary: "Delete the value of a key",
    params: keyParams,
    statuses: [204],
  }),
};
