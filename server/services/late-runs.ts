import { addSeconds } from "@sluice/schemas";
import type { CommandContext } from "../commands/context.ts";
import { markFlowRunLate } from "../commands/mark-flow-run-late.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

/** A run may start this much after its time before it counts as late (protocol section 3.8). */
const LATE_AFTER_SECONDS = 15;
const BATCH_SIZE = 400;

/** Marks scheduled runs whose time has passed as Late. */
export function lateRuns(context: CommandContext): Service {
  return {
    name: "late-runs",
    intervalMs: 5000,
    async run(now, signal) {
      const overdue = await context.store.reads.overdueRuns.listLate(
        addSeconds(now, -LATE_AFTER_SECONDS),
        BATCH_SIZE,
      );
      await forEachUntilStopped(overdue, signal, (run) => markFlowRunLate(context, run));
      return undefined;
    },
  };
}
