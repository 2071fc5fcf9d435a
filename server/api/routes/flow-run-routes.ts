/** One flow run: its life from creation to deletion. Lists are in `flow-run-list-routes.ts`. */
import { ATTEMPT_HEADER, endpoints } from "@sluice/schemas";
import { createFlowRun } from "../../commands/create-flow-run.ts";
import { deleteFlowRun } from "../../commands/delete-flow-runs.ts";
import { notFound } from "../../commands/errors.ts";
import { resumeFlowRun } from "../../commands/resume-flow-run.ts";
import type { SetFlowRunStateOutcome, SetStateOutcome } from "../../commands/set-state-outcome.ts";
import { setFlowRunState } from "../../commands/set-flow-run-state.ts";
import { updateFlowRun, updateFlowRunLabels } from "../../commands/update-flow-run.ts";
import { createdOrFound, json, noContent, type Reply } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentFlowRun } from "../presenters/flow-run-presenter.ts";
import { presentOrchestrationResult } from "../presenters/orchestration-result-presenter.ts";
import type { ApiServices } from "../services.ts";
import { readLabels } from "./labels.ts";
import { refuseLargeParameters } from "./parameter-size.ts";

export function flowRunRoutes({ context, settings }: ApiServices): Route[] {
  const { flowRuns } = context.store.reads;
  return [
    route(endpoints.createFlowRun, async ({ body }, call) => {
      refuseLargeParameters(body.parameters, settings.maxParameterBytes);
      const { run, created } = await createFlowRun(context, call, body);
      return createdOrFound(presentFlowRun(run, context.now()), created);
    }),
    route(endpoints.readFlowRun, async ({ params }, call) => {
      const run = await flowRuns.read(call.workspace_id, params.id);
      if (!run) throw notFound("Flow run");
      return json(presentFlowRun(run, context.now()));
    }),
    route(endpoints.updateFlowRun, async ({ params, body }, call) => {
      refuseLargeParameters(body.parameters, settings.maxParameterBytes);
      await updateFlowRun(context, call, params.id, body);
      return noContent();
    }),
    route(endpoints.updateFlowRunLabels, async ({ params, body }, call) => {
      await updateFlowRunLabels(context, call, params.id, readLabels(body));
      return noContent();
    }),
    route(endpoints.deleteFlowRun, async ({ params }, call) => {
      await deleteFlowRun(context, call, params.id);
      return noContent();
    }),
    route(endpoints.setFlowRunState, async ({ params, body }, call) =>
      answerFlowRunProposal(await setFlowRunState(context, call, params.id, body)),
    ),
    route(endpoints.resumeFlowRun, async ({ params, body }, call) =>
      answerFlowRunProposal(await resumeFlowRun(context, call, params.id, body.run_input ?? null)),
    ),
  ];
}

/** 201 when a state was written, 200 when the run stays in its own (protocol section 3.2). */
export function answerProposal(outcome: SetStateOutcome): Reply {
  return createdOrFound(presentOrchestrationResult(outcome), outcome.created);
}

/** The same, and the number of the attempt that holds the run now, which a client of ours states from then on. */
function answerFlowRunProposal(outcome: SetFlowRunStateOutcome): Reply {
  return { ...answerProposal(outcome), headers: { [ATTEMPT_HEADER]: String(outcome.attempt) } };
}
