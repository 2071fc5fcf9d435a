/** Endpoints of deployments and what is read of them. Their schedules and runs are in `deployment-runs.ts`. */
import { z } from "zod";
import {
  deploymentBulkDeleteResponse,
  deploymentCreate,
  deploymentResponse,
  deploymentUpdate,
} from "../deployments.ts";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { deploymentFilter } from "../filters/deployment-filter.ts";
import { flowRunListFilters } from "../filters/object-filters.ts";
import { deploymentSort } from "../filters/sorts.ts";
import { idParam } from "../parameters.ts";
import {
  bulkLimitField,
  limitField,
  offsetField,
  pageField,
  pageResponse,
  withDefault,
} from "../request-fields.ts";

const tag = "Deployments";
const params = idParam<"deployment">();
const sort = withDefault(deploymentSort, "NAME_ASC");

export const deploymentEndpoints = {
  createDeployment: endpoint({
    operationId: "createDeployment",
    method: "POST",
    path: "/deployments/",
    tag,
    summary: "Make a deployment (201), or change the one of that flow and name (200)",
    body: deploymentCreate,
    statuses: [200, 201],
    response: deploymentResponse,
  }),
  updateDeployment: endpoint({
    operationId: "updateDeployment",
    method: "PATCH",
    path: "/deployments/{id}",
    tag,
    summary: "Change a deployment",
    params,
    body: deploymentUpdate,
    statuses: [204],
  }),
  readDeployment: endpoint({
    operationId: "readDeployment",
    method: "GET",
    path: "/deployments/{id}",
    tag,
    summary: "Read a deployment",
    params,
    statuses: [200],
    response: deploymentResponse,
  }),
  readDeploymentByName: endpoint({
    operationId: "readDeploymentByName",
    method: "GET",
    path: "/deployments/name/{flow_name}/{deployment_name}",
    tag,
    summary: "Read the deployment of a flow's and its own name",
    params: z.object({ flow_name: z.string(), deployment_name: z.string() }),
    statuses: [200],
    response: deploymentResponse,
  }),
  readDeployments: endpoint({
    operationId: "readDeployments",
    method: "POST",
    path: "/deployments/filter",
    tag,
    summary: "List deployments",
    body: z.object({ sort, limit: limitField, offset: offsetField, ...flowRunListFilters }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(deploymentResponse),
  }),
  paginateDeployments: endpoint({
    operationId: "paginateDeployments",
    method: "POST",
    path: "/deployments/paginate",
    tag,
    summary: "List deployments page by page",
    body: z.object({ sort, limit: limitField, page: pageField, ...flowRunListFilters }),
    bodyOptional: true,
    statuses: [200],
    response: pageResponse(deploymentResponse).meta({ id: "DeploymentPaginationResponse" }),
  }),
  countDeployments: endpoint({
    operationId: "countDeployments",
    method: "POST",
    path: "/deployments/count",
    tag,
    summary: "Count deployments",
    body: z.object(flowRunListFilters),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  deleteDeployment: endpoint({
    operationId: "deleteDeployment",
    method: "DELETE",
    path: "/deployments/{id}",
    tag,
    summary: "Delete a deployment, with its runs that have not begun",
    params,
    statuses: [204],
  }),
  bulkDeleteDeployments: endpoint({
    operationId: "bulkDeleteDeployments",
    method: "POST",
    path: "/deployments/bulk_delete",
    tag,
    summary: "Delete the deployments that match",
    body: z.object({ deployments: deploymentFilter.nullish(), limit: bulkLimitField }),
    bodyOptional: true,
    statuses: [200],
    response: deploymentBulkDeleteResponse,
  }),
};
