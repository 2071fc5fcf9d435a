import { StateName } from "@sluice/schemas";
import { abort, reject } from "../rule.ts";
import type { TaskRunRule } from "../run-kinds.ts";
import { ANY, newState } from "../states.ts";

const FLOW_MUST_RUN = "The enclosing flow must be running to begin task execution.";

/** A task runs only while its flow does; in a paused flow it waits. */
export const preventRunningTasksFromStoppedFlows: TaskRunRule = {
  kind: "rule",
  name: "PreventRunningTasksFromStoppedFlows",
  from: ANY,
  to: ["RUNNING"],
  before({ facts }) {
    const flowRun = facts.flow_run;
    if (flowRun === null || flowRun.state?.type === "RUNNING") return undefined;
    if (flowRun.state?.type !== "PAUSED") return abort(FLOW_MUST_RUN);
    const { pause_timeout = null, pause_reschedule = false } = flowRun.state.state_details;
    return reject(
      `The flow is paused, new tasks can execute after resuming flow run: ${flowRun.id}.`,
      newState("PAUSED", { name: StateName.NotReady, state_details: { pause_timeout, pause_reschedule } }),
    );
  },
};
