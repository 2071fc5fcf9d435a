import type { TaskRunTransform } from "../run-kinds.ts";

/** Slots are held in RUNNING, and in CANCELLING, when the task is still being stopped. */
export const releaseTaskConcurrencySlots: TaskRunTransform = {
  kind: "transform",
  name: "ReleaseTaskConcurrencySlots",
  after({ facts, run, validated }) {
    if (facts.tag_limits.length === 0 || validated.type === "RUNNING" || validated.type === "CANCELLING") {
      return undefined;
    }
    return { effects: [{ kind: "release_leases_of_holder", holder: { type: "task_run", id: run.id } }] };
  },
};
