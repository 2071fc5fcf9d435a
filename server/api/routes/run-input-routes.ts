import { endpoints } from "@sluice/schemas";
import { notFound } from "../../commands/errors.ts";
import { createRunInput, deleteRunInput } from "../../commands/run-inputs.ts";
import { createdNothing, json, noContent, text } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentRunInput } from "../presenters/run-input-presenter.ts";
import type { ApiServices } from "../services.ts";

export function runInputRoutes({ context }: ApiServices): Route[] {
  const { flowRunInputs } = context.store.reads;
  return [
    route(endpoints.createFlowRunInput, async ({ params, body }, call) => {
      await createRunInput(context, call, params.id, body);
      return createdNothing();
    }),
    route(endpoints.filterFlowRunInputs, async ({ params, body }, call) => {
      const found = await flowRunInputs.list(call.workspace_id, { flow_run_id: params.id, ...body });
      return json(found.map(presentRunInput));
    }),
    route(endpoints.readFlowRunInput, async ({ params }, call) => {
      const input = await flowRunInputs.read(call.workspace_id, params.id, params.key);
      if (!input) throw notFound("Flow run input");
      // The one answer that is not JSON: the engine parses the value itself (protocol section 10, trap 56).
      return text(input.value);
    }),
    route(endpoints.deleteFlowRunInput, async ({ params }, call) => {
      await deleteRunInput(context, call, params.id, params.key);
      return noContent();
    }),
  ];
}
