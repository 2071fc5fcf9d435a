import { endpoints } from "@sluice/schemas";
import { notFound } from "../../commands/errors.ts";
import { json } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentState } from "../presenters/state-presenter.ts";
import type { ApiServices } from "../services.ts";

export function runStateRoutes({ context }: ApiServices): Route[] {
  const { states } = context.store.reads;
  return [
    route(endpoints.readFlowRunState, async ({ params }, call) => {
      const state = await states.readFlowRunState(call.workspace_id, params.id);
      if (!state) throw notFound("Flow run state");
      return json(presentState(state));
    }),
    route(endpoints.readFlowRunStates, async ({ query }, call) => {
      const history = await states.listFlowRunStates(call.workspace_id, query.flow_run_id);
      return json(history.map(presentState));
    }),
    route(endpoints.readTaskRunState, async ({ params }, call) => {
      const state = await states.readTaskRunState(call.workspace_id, params.id);
      // The contract's own words, although this is a task run's.
      if (!state) throw notFound("Flow run state");
      return json(presentState(state));
    }),
    route(endpoints.readTaskRunStates, async ({ query }, call) => {
      const history = await states.listTaskRunStates(call.workspace_id, query.task_run_id);
      return json(history.map(presentState));
    }),
  ];
}
