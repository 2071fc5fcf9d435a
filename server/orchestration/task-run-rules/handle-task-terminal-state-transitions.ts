import { isTerminal, StateName } from "@sluice/schemas";
import { abort, reject } from "../rule.ts";
import type { TaskRunRule } from "../run-kinds.ts";
import { ANY, hasPersistedResult, TERMINAL } from "../states.ts";

/**
 * What may still happen to a task run that has ended. Leaving the end starts its retries anew; when the flow itself
 * runs again, that is called retrying.
 */
export const handleTaskTerminalStateTransitions: TaskRunRule = {
  kind: "rule",
  name: "HandleTaskTerminalStateTransitions",
  from: TERMINAL,
  to: ANY,
  before({ facts, run, initial, proposed }) {
    if (initial === null) return undefined;
    if (proposed.type === "CANCELLING" || proposed.type === "PAUSED" || proposed.type === "CRASHED") {
      return abort(`Run is already ${initial.type}.`);
    }
    if (initial.type === "COMPLETED" && hasPersistedResult(initial.data)) {
      return reject("This run is already completed.");
    }
    if (isTerminal(proposed.type)) return undefined;
    const flowRunsAgain =
      proposed.type === "RUNNING" &&
      facts.flow_run !== null &&
      run.flow_run_run_count < facts.flow_run.run_count;
    return { run: { run_count: 0 }, ...(flowRunsAgain && { name: StateName.Retrying }) };
  },
  cleanup({ facts }) {
    return { run: { run_count: facts.run.run_count } };
  },
};
