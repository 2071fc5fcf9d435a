import { abort } from "../rule.ts";
import type { AnyRunRule } from "../run-kinds.ts";

/**
 * One taker per run: whoever finds it taken (PENDING), running or cancelled stops. Only the one who took it goes from
 * PENDING on to a PENDING of another name (`Submitting`, `InfrastructurePending`), and keeps the time and the slot that
 * the run was given. "Pending" itself is how a second taker introduces itself, so it is never such a name.
 */
export const preventPendingTransitions: AnyRunRule = {
  kind: "rule",
  name: "PreventPendingTransitions",
  from: ["PENDING", "CANCELLING", "RUNNING", "CANCELLED"],
  to: ["PENDING"],
  before({ initial, proposed }) {
    if (initial === null) return undefined;
    const goesOn =
      initial.type === "PENDING" && proposed.name !== initial.name && proposed.name !== "Pending";
    if (!goesOn) {
      return abort(`This run is in a ${initial.type} state and cannot transition to a PENDING state.`);
    }
    const { scheduled_time = null, deployment_concurrency_lease_id = null } = initial.state_details;
    return { state_details: { scheduled_time, deployment_concurrency_lease_id } };
  },
};
