import type { TaskRunId } from "@sluice/schemas";
import type { Proposal } from "../orchestration/decision.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { objectNotFound } from "./errors.ts";
import { type SetStateOutcome, setStateOutcome } from "./set-state-outcome.ts";

/**
 * Proposes a state to a task run that the server orchestrates (protocol section 3.11).
 * @throws Refusal object_not_found
 */
export async function setTaskRunState(
  { runs }: CommandContext,
  caller: Caller,
  id: TaskRunId,
  proposal: Proposal,
): Promise<SetStateOutcome> {
  const decision = await runs.transitionTaskRun({ id, caller, proposal });
  if (!decision) throw objectNotFound(`Task run with id ${id} not found`);
  return setStateOutcome(decision);
}
