/** Endpoints of variables. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { variableSort } from "../filters/sorts.ts";
import { variableFilter } from "../filters/variable-filter.ts";
import { idParam } from "../parameters.ts";
import { limitField, offsetField, withDefault } from "../request-fields.ts";
import { variableCreate, variableResponse, variableUpdate } from "../variables.ts";

const tag = "Variables";
const params = idParam<"variable">();
const nameParams = z.object({ name: z.string() });
const variables = variableFilter.nullish();

export const variableEndpoints = {
  createVariable: endpoint({
    operationId: "createVariable",
    method: "POST",
    path: "/variables/",
    tag,
    summary: "Create a variable; 409 when the name is taken",
    body: variableCreate,
    statuses: [201],
    response: variableResponse,
  }),
  readVariable: endpoint({
    operationId: "readVariable",
    method: "GET",
    path: "/variables/{id}",
    tag,
    summary: "Read a variable",
    params,
    statuses: [200],
    response: variableResponse,
  }),
  readVariableByName: endpoint({
    operationId: "readVariableByName",
    method: "GET",
    path: "/variables/name/{name}",
    tag,
    summary: "Read the variable of a name",
    params: nameParams,
    statuses: [200],
    response: variableResponse,
  }),
  readVariables: endpoint({
    operationId: "readVariables",
    method: "POST",
    path: "/variables/filter",
    tag,
    summary: "List variables",
    body: z.object({
      limit: limitField,
      offset: offsetField,
      variables,
      sort: withDefault(variableSort, "NAME_ASC"),
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(variableResponse),
  }),
  countVariables: endpoint({
    operationId: "countVariables",
    method: "POST",
    path: "/variables/count",
    tag,
    summary: "Count variables",
    body: z.object({ variables }),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  updateVariable: endpoint({
    operationId: "updateVariable",
    method: "PATCH",
    path: "/variables/{id}",
    tag,
    summary: "Change a variable",
    params,
    body: variableUpdate,
    statuses: [204],
  }),
  updateVariableByName: endpoint({
    operationId: "updateVariableByName",
    method: "PATCH",
    path: "/variables/name/{name}",
    tag,
    summary: "Change the variable of a name",
    params: nameParams,
    body: variableUpdate,
    statuses: [204],
  }),
  deleteVariable: endpoint({
    operationId: "deleteVariable",
    method: "DELETE",
    path: "/variables/{id}",
    tag,
    summary: "Delete a variable",
    params,
    statuses: [204],
  }),
  deleteVariableByName: endpoint({
    operationId: "deleteVariableByName",
    method: "DELETE",
    path: "/variables/name/{name}",
    tag,
    summary: "Delete the variable of a name",
    params: nameParams,
    statuses: [204],
  }),
};
