import { addSeconds } from "@sluice/schemas";
import { cancelOrphanedSubflowRun, cancelOrphanedTaskRun } from "../commands/cancel-orphaned-runs.ts";
import type { CommandContext } from "../commands/context.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

/** Task runs are looked for in flow runs that were cancelled within this time (protocol section 6). */
const LOOK_BACK_SECONDS = 86_400;
const BATCH_SIZE = 200;

/** Ends the task runs and subflow runs of cancelled flow runs. */
export function cancelledChildren(context: CommandContext): Service {
  return {
    name: "cancelled-children",
    intervalMs: 20_000,
    async run(now, signal) {
      const { overdueRuns } = context.store.reads;
      const [taskRuns, subflowRuns] = await Promise.all([
        overdueRuns.listTaskRunsOfCancelled(addSeconds(now, -LOOK_BACK_SECONDS), BATCH_SIZE),
        overdueRuns.listSubflowRunsOfCancelled(BATCH_SIZE),
      ]);
      await forEachUntilStopped(taskRuns, signal, (run) => cancelOrphanedTaskRun(context, run));
      await forEachUntilStopped(subflowRuns, signal, (run) => cancelOrphanedSubflowRun(context, run));
      return undefined;
    },
  };
}
