import type { TaskRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/** Notes in which run of its flow the task ran, so that a rerun of the flow can tell old task runs from its own. */
export const updateFlowRunTrackerOnTasks: TaskRunRule = {
  kind: "rule",
  name: "UpdateFlowRunTrackerOnTasks",
  from: ANY,
  to: ["RUNNING"],
  after({ facts }) {
    return facts.flow_run === null ? undefined : { run: { flow_run_run_count: facts.flow_run.run_count } };
  },
};
