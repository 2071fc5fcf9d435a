import { isTerminal, type StateType, StateName } from "@sluice/schemas";
import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { ANY, newState } from "../states.ts";

/**
 * The ways out of a pause: on, later, stopped or ended; and in time. The run is marked as resuming even when it is
 * refused, as upstream does.
 */
export const handleResumingPausedFlows: FlowRunRule = {
  kind: "rule",
  name: "HandleResumingPausedFlows",
  from: ["PAUSED"],
  to: ANY,
  before({ run, initial, proposed, context }) {
    if (initial === null) return undefined;
    if (!leadsOutOfPause(proposed.type)) {
      // Clients have always been told so with the words of the Python enumeration.
      return reject(
        `This run cannot transition to the StateType.${proposed.type} state from the StateType.${initial.type} state.`,
      );
    }
    const displayName = proposed.name.toLowerCase();
    if (initial.state_details.pause_reschedule && run.deployment_id === null) {
      return reject(`Cannot reschedule a ${displayName} flow run without a deployment.`);
    }
    // The process of a paused run is alive and must hear of its cancellation, however late.
    if (proposed.type === "CANCELLING") return undefined;
    const timeout = initial.state_details.pause_timeout;
    if (timeout == null || timeout >= context.now) return undefined;
    const verb = proposed.name === StateName.Suspended ? "suspend" : "pause";
    return reject(
      `The flow run ${verb} has timed out and can no longer resume.`,
      newState("FAILED", { message: `The flow was ${displayName} and never resumed.` }),
    );
  },
  after({ run }) {
    return { run: { empirical_policy: { ...run.empirical_policy, resuming: true } } };
  },
};

function leadsOutOfPause(type: StateType): boolean {
  return type === "RUNNING" || type === "SCHEDULED" || type === "CANCELLING" || isTerminal(type);
}
