import { isTerminal, type State } from "@sluice/schemas";
import { abort, reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { ANY, hasPersistedResult, TERMINAL } from "../states.ts";

/**
 * What may still happen to a run that has ended: a rerun that loses no stored result, or a correction of how it ended.
 * A rerun starts with clean pause bookkeeping.
 */
export const handleFlowTerminalStateTransitions: FlowRunRule = {
  kind: "rule",
  name: "HandleFlowTerminalStateTransitions",
  from: TERMINAL,
  to: ANY,
  before({ run, initial, proposed }) {
    if (initial === null) return undefined;
    if (proposed.type === "CANCELLING" || proposed.type === "PAUSED" || proposed.type === "CRASHED") {
      return abort(`Run is already in terminal state ${initial.type}.`);
    }
    if (initial.type === "COMPLETED" && hasPersistedResult(initial.data) && !isTerminal(proposed.type)) {
      return reject("Run is already COMPLETED.");
    }
    if (losesResult(initial, proposed)) return reject(LOSES_RESULT);
    if (proposed.type === "SCHEDULED" && run.deployment_id === null) {
      return abort("Cannot reschedule a run without an associated deployment.");
    }
    if (isTerminal(proposed.type)) return undefined;
    return {
      run: {
        empirical_policy: {
          ...run.empirical_policy,
          resuming: false,
          pause_keys: [],
          retry_type: proposed.type === "SCHEDULED" ? "reschedule" : null,
        },
      },
    };
  },
  cleanup({ facts }) {
    return { run: { empirical_policy: facts.run.empirical_policy } };
  },
};

export const LOSES_RESULT =
  "Cannot overwrite a COMPLETED state that carries persisted result data with one that does not.";

/** True when COMPLETED would replace COMPLETED and drop the reference to its stored result. */
export function losesResult(initial: State, proposed: State): boolean {
  return (
    initial.type === "COMPLETED" &&
    proposed.type === "COMPLETED" &&
    hasPersistedResult(initial.data) &&
    !hasPersistedResult(proposed.data)
  );
}
