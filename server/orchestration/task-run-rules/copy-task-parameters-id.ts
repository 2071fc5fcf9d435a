import type { TaskRunRule } from "../run-kinds.ts";

/** A deferred task run keeps the key of its stored parameters until it runs, unless a state brings its own. */
export const copyTaskParametersId: TaskRunRule = {
  kind: "rule",
  name: "CopyTaskParametersID",
  from: ["SCHEDULED", "PENDING"],
  to: ["PENDING", "RUNNING"],
  before({ initial, proposed }) {
    if (proposed.state_details.task_parameters_id != null) return undefined;
    return { state_details: { task_parameters_id: initial?.state_details.task_parameters_id ?? null } };
  },
};
