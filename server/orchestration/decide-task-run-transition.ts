import { taskRunBookkeeping } from "./bookkeeping/task-run-bookkeeping.ts";
import { changedColumns } from "./changed-columns.ts";
import type { DecisionContext, Proposal, TaskRunDecision } from "./decision.ts";
import type { TaskRunFacts } from "./facts.ts";
import { orchestrate } from "./machine.ts";
import type { TaskRunKind } from "./run-kinds.ts";
import { stampState } from "./states.ts";
import { TASK_RUN_POLICIES } from "./task-run-policies.ts";

/**
 * Decides what a proposed state does to a task run (protocol section 3.11). The background policy goes with
 * `state_details.deferred`, forced or not, because it is what hands a deferred run to its workers.
 */
export function decideTaskRunTransition(
  facts: TaskRunFacts,
  proposal: Proposal,
  context: DecisionContext,
): TaskRunDecision {
  const outcome = orchestrate<TaskRunKind>({
    facts,
    context,
    columns: facts.run,
    initial: facts.state,
    proposed: stampState(proposal.state, facts.state, context),
    policy: [...rulesFor(proposal), ...taskRunBookkeeping],
  });
  const run_patch = changedColumns(facts.run, outcome.columns);
  return {
    status: outcome.status,
    details: outcome.details,
    state: outcome.written ?? facts.state,
    write:
      outcome.written === null && run_patch === null
        ? null
        : { state: outcome.written, run_patch: run_patch ?? {}, effects: outcome.effects },
  };
}

function rulesFor({ state, force }: Proposal) {
  if (state.state_details.deferred) return TASK_RUN_POLICIES.background;
  return force ? TASK_RUN_POLICIES.minimal : TASK_RUN_POLICIES.core;
}
