import { StateName } from "@sluice/schemas";
import type { TaskRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/** A deferred task run that is scheduled goes to the workers of its task; retries stand before new work there. */
export const enqueueScheduledTasks: TaskRunRule = {
  kind: "rule",
  name: "EnqueueScheduledTasks",
  from: ANY,
  to: ["SCHEDULED"],
  after({ run, validated }) {
    if (!validated?.state_details.deferred) return undefined;
    const queue = validated.name === StateName.AwaitingRetry ? "retry" : "scheduled";
    return { effects: [{ kind: "enqueue_task_run", task_key: run.task_key, queue }] };
  },
};
