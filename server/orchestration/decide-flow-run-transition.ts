import { flowRunBookkeeping } from "./bookkeeping/flow-run-bookkeeping.ts";
import { changedColumns } from "./changed-columns.ts";
import type { DecisionContext, FlowRunDecision, Proposal } from "./decision.ts";
import type { FlowRunFacts } from "./facts.ts";
import { FLOW_RUN_POLICIES, type FlowRunPolicyName } from "./flow-run-policies.ts";
import { orchestrate } from "./machine.ts";
import type { FlowRunKind } from "./run-kinds.ts";
import { stampState } from "./states.ts";

/**
 * Decides what a proposed state does to a flow run (protocol sections 3.2 to 3.9).
 *
 * @param policy the rules to apply unless the proposal is forced, which leaves the minimal ones
 */
export function decideFlowRunTransition(
  facts: FlowRunFacts,
  proposal: Proposal,
  context: DecisionContext,
  policy: FlowRunPolicyName = "core",
): FlowRunDecision {
  const rules = FLOW_RUN_POLICIES[proposal.force ? "minimal" : policy];
  const outcome = orchestrate<FlowRunKind>({
    facts,
    context,
    columns: facts.run,
    initial: facts.state,
    proposed: stampState(proposal.state, facts.state, context),
    policy: [...rules, ...flowRunBookkeeping],
  });
  const run_patch = changedColumns(facts.run, outcome.columns);
  return {
    status: outcome.status,
    details: outcome.details,
    state: outcome.written ?? facts.state,
    attempt: outcome.columns.attempt,
    write:
      outcome.written === null && run_patch === null
        ? null
        : { state: outcome.written, run_patch: run_patch ?? {}, effects: outcome.effects },
  };
}
