import { endpoints } from "@sluice/schemas";
import {
  createVariable,
  deleteVariable,
  updateVariable,
  variableNotFound,
} from "../../commands/variables.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentVariable } from "../presenters/variable-presenter.ts";
import type { ApiServices } from "../services.ts";

export function variableRoutes({ context }: ApiServices): Route[] {
  const { variables } = context.store.reads;
  return [
    route(endpoints.createVariable, async ({ body }, call) =>
      json(presentVariable(await createVariable(context, call, body)), 201),
    ),
    route(endpoints.readVariable, async ({ params }, call) => {
      const variable = await variables.read(call.workspace_id, params.id);
      if (!variable) throw variableNotFound();
      return json(presentVariable(variable));
    }),
    route(endpoints.readVariableByName, async ({ params }, call) => {
      const variable = await variables.readByName(call.workspace_id, params.name);
      if (!variable) throw variableNotFound();
      return json(presentVariable(variable));
    }),
    route(endpoints.readVariables, async ({ body }, call) => {
      const { variables: filter = null, ...rest } = body;
      const found = await variables.list(call.workspace_id, { filter, ...rest });
      return json(found.map(presentVariable));
    }),
    route(endpoints.countVariables, async ({ body }, call) =>
      json(await variables.count(call.workspace_id, body.variables ?? null)),
    ),
    route(endpoints.updateVariable, async ({ params, body }, call) => {
      await updateVariable(context, call, params, body);
      return noContent();
    }),
    route(endpoints.updateVariableByName, async ({ params, body }, call) => {
      await updateVariable(context, call, params, body);
      return noContent();
    }),
    route(endpoints.deleteVariable, async ({ params }, call) => {
      await deleteVariable(context, call, params);
      return noContent();
    }),
    route(endpoints.deleteVariableByName, async ({ params }, call) => {
      await deleteVariable(context, call, params);
      return noContent();
    }),
  ];
}
