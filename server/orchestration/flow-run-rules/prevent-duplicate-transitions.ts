import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/**
 * A client whose answer got lost sends the same transition again and is told where the run is. Stands before every
 * other rule: seen from the state it led to, a repeated transition looks like a forbidden one.
 */
export const preventDuplicateTransitions: FlowRunRule = {
  kind: "rule",
  name: "PreventDuplicateTransitions",
  from: ANY,
  to: ANY,
  before({ initial, proposed }) {
    const made = initial?.state_details.transition_id;
    if (made == null || made !== proposed.state_details.transition_id) return undefined;
    return reject("This run has already made this state transition.");
  },
};
