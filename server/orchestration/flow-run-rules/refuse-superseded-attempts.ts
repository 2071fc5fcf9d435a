import { abort } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/**
 * A process that was replaced by a later attempt can't change the run any more. Only clients that say which attempt
 * they execute are held to it; see `bookkeeping/number-attempts.ts` for when a new one begins.
 */
export const refuseSupersededAttempts: FlowRunRule = {
  kind: "rule",
  name: "RefuseSupersededAttempts",
  from: ANY,
  to: ANY,
  before({ run, context }) {
    if (context.attempt === null || context.attempt === run.attempt) return undefined;
    return abort(
      `Attempt ${context.attempt} of this flow run has been superseded by attempt ${run.attempt}.`,
    );
  },
};
