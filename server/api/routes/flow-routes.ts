import { endpoints } from "@sluice/schemas";
import { createFlow } from "../../commands/create-flow.ts";
import { bulkDeleteFlows, deleteFlow } from "../../commands/delete-flows.ts";
import { notFound } from "../../commands/errors.ts";
import { updateFlow } from "../../commands/update-flow.ts";
import { createdOrFound, json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentFlow } from "../presenters/flow-presenter.ts";
import type { ApiServices } from "../services.ts";
import { pageOffset, presentPage } from "./pages.ts";

export function flowRoutes({ context }: ApiServices): Route[] {
  const { flows } = context.store.reads;
  return [
    route(endpoints.createFlow, async ({ body }, call) => {
      const { flow, created } = await createFlow(context, call, body);
      return createdOrFound(presentFlow(flow), created);
    }),
    route(endpoints.readFlow, async ({ params }, call) => {
      const flow = await flows.read(call.workspace_id, params.id);
      if (!flow) throw notFound("Flow");
      return json(presentFlow(flow));
    }),
    route(endpoints.readFlowByName, async ({ params }, call) => {
      const flow = await flows.readByName(call.workspace_id, params.name);
      if (!flow) throw notFound("Flow");
      return json(presentFlow(flow));
    }),
    route(endpoints.readFlows, async ({ body }, call) => {
      const { sort, limit, offset, ...filters } = body;
      const found = await flows.list(call.workspace_id, { filters, sort, limit, offset });
      return json(found.map(presentFlow));
    }),
    route(endpoints.paginateFlows, async ({ body }, call) => {
      const { sort, limit, page, ...filters } = body;
      const query = { filters, sort, limit, offset: pageOffset(body) };
      const [found, count] = await Promise.all([
        flows.list(call.workspace_id, query),
        flows.count(call.workspace_id, filters),
      ]);
      return json(presentPage(found.map(presentFlow), count, { page, limit }));
    }),
    route(endpoints.countFlows, async ({ body }, call) => json(await flows.count(call.workspace_id, body))),
    route(endpoints.updateFlow, async ({ params, body }, call) => {
      await updateFlow(context, call, params.id, body);
      return noContent();
    }),
    route(endpoints.deleteFlow, async ({ params }, call) => {
      await deleteFlow(context, call, params.id);
      return noContent();
    }),
    route(endpoints.bulkDeleteFlows, async ({ body }, call) =>
      json({ deleted: await bulkDeleteFlows(context, call, body.flows, body.limit) }),
    ),
  ];
}
