import type { FlowRunId } from "@sluice/schemas";
import type { Proposal } from "../orchestration/decision.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { objectNotFound } from "./errors.ts";
import { type SetFlowRunStateOutcome, setFlowRunStateOutcome } from "./set-state-outcome.ts";

/**
 * Proposes a state to a flow run (protocol section 3.2). The same `transition_id` twice is one transition.
 * @throws Refusal object_not_found
 */
export async function setFlowRunState(
  { runs }: CommandContext,
  caller: Caller,
  id: FlowRunId,
  proposal: Proposal,
): Promise<SetFlowRunStateOutcome> {
  const decision = await runs.transitionFlowRun({ id, caller, proposal, policy: "core" });
  if (!decision) throw objectNotFound(`Flow run with id ${id} not found`);
  return setFlowRunStateOutcome(decision);
}
