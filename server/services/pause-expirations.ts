import type { CommandContext } from "../commands/context.ts";
import { failExpiredPause } from "../commands/fail-expired-pause.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

const BATCH_SIZE = 200;

/** Fails paused runs that nobody resumed in time (protocol section 6). */
export function pauseExpirations(context: CommandContext): Service {
  return {
    name: "pause-expirations",
    intervalMs: 5000,
    async run(now, signal) {
      const expired = await context.store.reads.overdueRuns.listExpiredPauses(now, BATCH_SIZE);
      await forEachUntilStopped(expired, signal, (run) => failExpiredPause(context, run));
      return undefined;
    },
  };
}
