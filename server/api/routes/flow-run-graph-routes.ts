import { endpoints, MAXIMUM_GRAPH_ARTIFACTS, MAXIMUM_GRAPH_NODES } from "@sluice/schemas";
import { objectNotFound } from "../../commands/errors.ts";
import { json } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentGraph, presentGraphV1 } from "../presenters/graph-presenter.ts";
import type { ApiServices } from "../services.ts";

export function flowRunGraphRoutes({ context }: ApiServices): Route[] {
  const { flowRuns } = context.store.reads;
  return [
    route(endpoints.readFlowRunGraphV1, async ({ params }, call) => {
      const nodes = await flowRuns.graphV1(call.workspace_id, params.id);
      if (nodes.length === 0 && !(await flowRuns.read(call.workspace_id, params.id))) {
        throw objectNotFound(`Flow run with id ${params.id} not found`);
      }
      return json(presentGraphV1(nodes, context.now()));
    }),
    route(endpoints.readFlowRunGraph, async ({ params, query }, call) => {
      const graph = await flowRuns.graphV2(call.workspace_id, params.id, {
        since: query.since ?? null,
        maxNodes: MAXIMUM_GRAPH_NODES,
        maxArtifacts: MAXIMUM_GRAPH_ARTIFACTS,
      });
      if (!graph) throw objectNotFound(`Flow run ${params.id} not found`);
      return json(presentGraph(graph));
    }),
  ];
}
