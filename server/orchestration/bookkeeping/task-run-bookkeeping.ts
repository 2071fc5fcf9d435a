/** What is kept about a task run with every state that the server writes. */
import type { Policy } from "../rule.ts";
import type { TaskRunKind, TaskRunTransform } from "../run-kinds.ts";
import { runTimes } from "./run-times.ts";

export const updateTaskRunStateDetails: TaskRunTransform = {
  kind: "transform",
  name: "UpdateStateDetails",
  before({ facts }) {
    return { state_details: { flow_run_id: facts.run.flow_run_id, task_run_id: facts.run.id } };
  },
};

export const incrementTaskRunCount: TaskRunTransform = {
  kind: "transform",
  name: "IncrementTaskRunCount",
  before({ run, proposed }) {
    return proposed.type === "RUNNING" ? { run: { run_count: run.run_count + 1 } } : undefined;
  },
};

export const taskRunBookkeeping: Policy<TaskRunKind> = [
  ...runTimes,
  updateTaskRunStateDetails,
  incrementTaskRunCount,
];
