/** Endpoints of flows. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { flowFilter } from "../filters/flow-filter.ts";
import { nullableObjectAndPoolFilters, objectAndPoolFilters } from "../filters/object-filters.ts";
import { flowSort } from "../filters/sorts.ts";
import { flowBulkDeleteResponse, flowCreate, flowResponse, flowUpdate } from "../flows.ts";
import { idParam } from "../parameters.ts";
import {
  bulkLimitField,
  limitField,
  offsetField,
  pageField,
  pageResponse,
  withDefault,
} from "../request-fields.ts";

const tag = "Flows";
const params = idParam<"flow">();
const sort = withDefault(flowSort, "NAME_ASC");

export const flowEndpoints = {
  createFlow: endpoint({
    operationId: "createFlow",
    method: "POST",
    path: "/flows/",
    tag,
    summary: "Create a flow (201), or find the one of that name (200)",
    body: flowCreate,
    statuses: [200, 201],
    response: flowResponse,
  }),
  updateFlow: endpoint({
    operationId: "updateFlow",
    method: "PATCH",
    path: "/flows/{id}",
    tag,
    summary: "Change a flow",
    params,
    body: flowUpdate,
    statuses: [204],
  }),
  countFlows: endpoint({
    operationId: "countFlows",
    method: "POST",
    path: "/flows/count",
    tag,
    summary: "Count flows",
    body: z.object(objectAndPoolFilters),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  readFlowByName: endpoint({
    operationId: "readFlowByName",
    method: "GET",
    path: "/flows/name/{name}",
    tag,
    summary: "Read the flow of a name",
    params: z.object({ name: z.string() }),
    statuses: [200],
    response: flowResponse,
  }),
  readFlow: endpoint({
    operationId: "readFlow",
    method: "GET",
    path: "/flows/{id}",
    tag,
    summary: "Read a flow",
    params,
    statuses: [200],
    response: flowResponse,
  }),
  readFlows: endpoint({
    operationId: "readFlows",
    method: "POST",
    path: "/flows/filter",
    tag,
    summary: "List flows",
    body: z.object({ limit: limitField, offset: offsetField, ...objectAndPoolFilters, sort }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(flowResponse),
  }),
  paginateFlows: endpoint({
    operationId: "paginateFlows",
    method: "POST",
    path: "/flows/paginate",
    tag,
    summary: "List flows page by page",
    body: z.object({ limit: limitField, page: pageField, ...nullableObjectAndPoolFilters, sort }),
    bodyOptional: true,
    statuses: [200],
    response: pageResponse(flowResponse).meta({ id: "FlowPaginationResponse" }),
  }),
  bulkDeleteFlows: endpoint({
    operationId: "bulkDeleteFlows",
    method: "POST",
    path: "/flows/bulk_delete",
    tag,
    summary: "Delete the flows that match, with what hangs on them",
    body: z.object({ flows: flowFilter.nullish(), limit: bulkLimitField }),
    bodyOptional: true,
    statuses: [200],
    response: flowBulkDeleteResponse,
  }),
  deleteFlow: endpoint({
    operationId: "deleteFlow",
    method: "DELETE",
    path: "/flows/{id}",
    tag,
    summary: "Delete a flow, with what hangs on it",
    params,
    statuses: [204],
  }),
};
