import type { State } from "@sluice/schemas";
import type { FlowRunTransform } from "../run-kinds.ts";

/**
 * Numbers the executions of a flow run. A process that says which attempt it executes is refused once a later one has
 * begun (`flow-run-rules/refuse-superseded-attempts.ts`). A new attempt begins
 *
 * 1. when the run is claimed: it enters PENDING from anything else;
 * 2. when it enters RUNNING without a claim: a retry in the same process, a rerun, or a second process that starts on
 *    a run that another one still believes to hold. A starting process therefore names no attempt with its first
 *    RUNNING, and learns its number from the answer.
 *
 * A claim that comes up (PENDING to RUNNING) and a pause that ends in the process that waited for it go on with their
 * number.
 */
export const numberAttempts: FlowRunTransform = {
  kind: "transform",
  name: "NumberAttempts",
  before({ run, initial, proposed }) {
    if (!beginsAttempt(initial, proposed)) return undefined;
    return { run: { attempt: run.attempt + 1 } };
  },
};

function beginsAttempt(initial: State | null, proposed: State): boolean {
  if (proposed.type === "PENDING") return initial?.type !== "PENDING";
  return proposed.type === "RUNNING" && initial?.type !== "PENDING" && !waitsInProcess(initial);
}

function waitsInProcess(state: State | null): boolean {
  return state?.type === "PAUSED" && !state.state_details.pause_reschedule;
}
