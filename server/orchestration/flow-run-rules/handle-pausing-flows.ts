import { type State, StateName } from "@sluice/schemas";
import type { DecisionContext } from "../decision.ts";
import { abort, reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/**
 * A running flow may pause, once for each key: a flow that runs again from the top passes the pauses it has been
 * through, because the answer to a used key is the state the run is in, RUNNING. Suspending (`pause_reschedule`) ends
 * the process, so something must be able to start the run anew: a deployment, and not a parent flow.
 */
export const handlePausingFlows: FlowRunRule = {
  kind: "rule",
  name: "HandlePausingFlows",
  from: ANY,
  to: ["PAUSED"],
  before({ run, initial, proposed, context }) {
    const verb = proposed.name === StateName.Suspended ? "suspend" : "pause";
    if (initial === null) return abort(`Cannot ${verb} flows with no state.`);
    if (initial.type !== "RUNNING") return reject(`Cannot ${verb} flows that are not currently running.`);
    if (run.empirical_policy.pause_keys.includes(pauseKey(proposed, context))) {
      return reject(`This ${verb} has already fired.`);
    }
    if (!proposed.state_details.pause_reschedule) return undefined;
    if (run.parent_task_run_id !== null) return abort(`Cannot ${verb} subflows.`);
    return run.deployment_id === null ? abort(`Cannot ${verb} flows without a deployment.`) : undefined;
  },
  after({ run, validated, context }) {
    if (validated === null) return undefined;
    const { empirical_policy } = run;
    const pause_keys = [...empirical_policy.pause_keys, pauseKey(validated, context)];
    return { run: { empirical_policy: { ...empirical_policy, pause_keys } } };
  },
};

/** A pause without a key is one of its kind. */
function pauseKey(state: State, context: DecisionContext): string {
  return state.state_details.pause_key ?? context.new_pause_key;
}
