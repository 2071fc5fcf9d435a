import type { CommandContext } from "../commands/context.ts";
import { endTaskWorker } from "../commands/end-task-worker.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

const BATCH_SIZE = 100;

/** Gives on what task workers held whose connection nobody renews: their server is gone, or they did not come back to it. */
export function lostTaskWorkers(context: CommandContext): Service {
  return {
    name: "lost-task-workers",
    intervalMs: 5000,
    async run(now, signal) {
      const expired = await context.store.reads.taskQueue.listExpiredWorkers(now, BATCH_SIZE);
      await forEachUntilStopped(expired, signal, ({ id }) => endTaskWorker(context, id));
      return expired.length === BATCH_SIZE ? "more" : undefined;
    },
  };
}
