/** Proposing a state as clients do: with a transition id, resent when the answer is lost, sometimes twice at once. */
import { type FlowRunId, newRandomId, type ProposedState } from "@sluice/schemas";
import type { SetFlowRunStateOutcome } from "../../server/commands/set-state-outcome.ts";
import { setFlowRunState } from "../../server/commands/set-flow-run-state.ts";
import type { SentProposal } from "./journal.ts";
import type { World } from "./world.ts";

export interface ProposalOptions {
  readonly force?: boolean;
  readonly attempt?: number | null;
  readonly clientVersion?: string | null;
}

/** The first answer; null when all answers were lost. */
export async function propose(
  world: World,
  runId: FlowRunId,
  state: ProposedState,
  { force = false, attempt = null, clientVersion = "3.8.8" }: ProposalOptions = {},
): Promise<SetFlowRunStateOutcome | null> {
  const transitionId = newRandomId<"transition">();
  const body = { ...state, state_details: { ...state.state_details, transition_id: transitionId } };
  const sent: SentProposal = { runId, transitionId, type: state.type, force, attempt };
  world.journal.send(sent);
  const caller = world.caller(attempt, clientVersion);
  const copies = !force && world.random.chance(world.hazards.duplicate) ? 2 : 1;
  const answers = await Promise.all(
    Array.from({ length: copies }, async () => {
      const outcome = await world.send((context) =>
        setFlowRunState(context, caller, runId, { state: body, force }),
      );
      if (outcome) world.journal.acknowledge(sent, outcome);
      return outcome;
    }),
  );
  return answers.find((answer) => answer?.created) ?? answers.find((answer) => answer !== null) ?? null;
}
