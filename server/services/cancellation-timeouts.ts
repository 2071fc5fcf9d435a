import { addSeconds } from "@sluice/schemas";
import { cancelTimedOutFlowRun } from "../commands/cancel-timed-out-flow-run.ts";
import type { CommandContext } from "../commands/context.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

/** How long a run's own process, or its worker, may take to carry a cancellation out (protocol section 3.7). */
const CANCELLATION_TIMEOUT_SECONDS = 300;
const BATCH_SIZE = 200;

/** Ends cancellations that nobody carried out. */
export function cancellationTimeouts(context: CommandContext): Service {
  return {
    name: "cancellation-timeouts",
    intervalMs: 5000,
    async run(now, signal) {
      const since = addSeconds(now, -CANCELLATION_TIMEOUT_SECONDS);
      const overdue = await context.store.reads.overdueRuns.listCancelling(since, BATCH_SIZE);
      await forEachUntilStopped(overdue, signal, (run) => cancelTimedOutFlowRun(context, run));
      return undefined;
    },
  };
}
