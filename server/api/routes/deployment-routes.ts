/** Deployments: their life and their lists. Their schedules and runs are in `deployment-run-routes.ts`. */
import { type ConcurrencyLimitId, type DeploymentCreate, endpoints, type WorkspaceId } from "@sluice/schemas";
import type { CommandContext } from "../../commands/context.ts";
import { createDeployment } from "../../commands/create-deployment.ts";
import { bulkDeleteDeployments, deleteDeployment } from "../../commands/delete-deployments.ts";
import { notFound } from "../../commands/errors.ts";
import { schemaProblem } from "../../commands/schema-values.ts";
import { updateDeployment } from "../../commands/update-deployment.ts";
import type { OccupiedConcurrencyLimit } from "../../store/concurrency-limits.ts";
import type { Deployment } from "../../store/deployments.ts";
import { createdOrFound, json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentDeployment } from "../presenters/deployment-presenter.ts";
import type { ApiServices } from "../services.ts";
import { pageOffset, presentPage } from "./pages.ts";
import { invalidBody, refuseLargeParameters } from "./parameter-size.ts";

export function deploymentRoutes({ context, settings }: ApiServices): Route[] {
  const { deployments } = context.store.reads;
  return [
    route(endpoints.createDeployment, async ({ body }, call) => {
      refuseLargeParameters(body.parameters, settings.maxParameterBytes);
      refuseUnfitParameters(body);
      const { deployment, created } = await createDeployment(context, call, body);
      return createdOrFound(await presentOne(context, deployment), created);
    }),
    route(endpoints.updateDeployment, async ({ params, body }, call) => {
      refuseLargeParameters(body.parameters, settings.maxParameterBytes);
      await updateDeployment(context, call, params.id, body);
      return noContent();
    }),
    route(endpoints.readDeployment, async ({ params }, call) => {
      const deployment = await deployments.read(call.workspace_id, params.id);
      if (!deployment) throw notFound("Deployment");
      return json(await presentOne(context, deployment));
    }),
    route(endpoints.readDeploymentByName, async ({ params }, call) => {
      const { flow_name, deployment_name } = params;
      const deployment = await deployments.readByName(call.workspace_id, flow_name, deployment_name);
      if (!deployment) throw notFound("Deployment");
      return json(await presentOne(context, deployment));
    }),
    route(endpoints.readDeployments, async ({ body }, call) => {
      const { sort, limit, offset, ...filters } = body;
      const found = await deployments.list(call.workspace_id, { filters, sort, limit, offset });
      return json(await presentAll(context, call.workspace_id, found));
    }),
    route(endpoints.paginateDeployments, async ({ body }, call) => {
      const { sort, limit, page, ...filters } = body;
      const query = { filters, sort, limit, offset: pageOffset(body) };
      const found = await deployments.list(call.workspace_id, query);
      const count = await deployments.count(call.workspace_id, filters);
      return json(presentPage(await presentAll(context, call.workspace_id, found), count, { page, limit }));
    }),
    route(endpoints.countDeployments, async ({ body }, call) =>
      json(await deployments.count(call.workspace_id, body)),
    ),
    route(endpoints.deleteDeployment, async ({ params }, call) => {
      await deleteDeployment(context, call, params.id);
      return noContent();
    }),
    route(endpoints.bulkDeleteDeployments, async ({ body }, call) =>
      json({ deleted: await bulkDeleteDeployments(context, call, body.deployments, body.limit) }),
    ),
  ];
}

/** Only a body that asks for it is held to its schema, as upstream; the default of the field comes later. */
function refuseUnfitParameters(body: DeploymentCreate): void {
  const { enforce_parameter_schema, parameter_openapi_schema: schema, parameters = {} } = body;
  if (!enforce_parameter_schema || !schema) return;
  const problem = schemaProblem(parameters, schema, { ignoreRequired: true });
  if (problem !== null) throw invalidBody([], problem, body);
}

async function presentOne(context: CommandContext, deployment: Deployment) {
  const [presented] = await presentAll(context, deployment.workspace_id, [deployment]);
  return presented;
}

async function presentAll(
  { store, now }: CommandContext,
  workspaceId: WorkspaceId,
  deployments: readonly Deployment[],
) {
  const ids = new Set(deployments.flatMap(({ concurrency_limit_id: id }) => (id === null ? [] : [id])));
  const limits = new Map<ConcurrencyLimitId, OccupiedConcurrencyLimit>();
  for (const id of ids) {
    const limit = await store.reads.concurrencyLimits.read(workspaceId, id, now());
    if (limit) limits.set(id, limit);
  }
  return deployments.map((deployment) => {
    const { concurrency_limit_id: id } = deployment;
    return presentDeployment(deployment, (id && limits.get(id)) || null);
  });
}
