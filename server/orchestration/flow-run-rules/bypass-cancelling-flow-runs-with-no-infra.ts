import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { newState } from "../states.ts";

/**
 * CANCELLING exists so that somebody can stop what runs. Where nothing runs (scheduled and not yet submitted,
 * suspended, or resuming from a suspension) the run is cancelled at once.
 */
export const bypassCancellingFlowRunsWithNoInfra: FlowRunRule = {
  kind: "rule",
  name: "BypassCancellingFlowRunsWithNoInfra",
  from: ["SCHEDULED", "PAUSED"],
  to: ["CANCELLING"],
  before({ run, initial }) {
    if (initial === null) return undefined;
    if ((initial.type === "SCHEDULED" && !run.infrastructure_pid) || initial.name === "Resuming") {
      return reject("Scheduled flow run has no infrastructure to terminate.", newState("CANCELLED"));
    }
    if (initial.type === "PAUSED" && initial.state_details.pause_reschedule) {
      return reject("Suspended flow run has no infrastructure to terminate.", newState("CANCELLED"));
    }
    return undefined;
  },
};
