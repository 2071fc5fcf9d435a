import { addSeconds, type DeploymentId, type Timestamp } from "@sluice/schemas";
import type { CommandContext } from "../commands/context.ts";
import { SCHEDULING, scheduleDeployment } from "../commands/schedule-deployment.ts";
import type { DeploymentReference } from "../store/deployments.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

const PAGE_SIZE = 100;
const RECENT_INTERVAL_SECONDS = 5;
/** Passes begin a little late, and clocks of processes differ. */
const RECENT_OVERLAP_SECONDS = 1;

/** Sees to it that every active schedule has its next runs (protocol section 5.3). */
export function scheduler(context: CommandContext): Service {
  const { deployments } = context.store.reads;
  return {
    name: "scheduler",
    intervalMs: 60_000,
    async run(now, signal) {
      const until = addSeconds(now, SCHEDULING.minimumSeconds);
      const horizon = { now, until, minimumRuns: SCHEDULING.minimumRuns };
      await scheduleAll(context, signal, (after) =>
        deployments.listToSchedule(horizon, { after, limit: PAGE_SIZE }),
      );
      return undefined;
    },
  };
}

/** Schedules deployments that have just been made or changed, so that nobody waits for the long pass. */
export function recentDeploymentsScheduler(context: CommandContext): Service {
  const { deployments } = context.store.reads;
  return {
    name: "recent-deployments-scheduler",
    intervalMs: RECENT_INTERVAL_SECONDS * 1000,
    async run(now, signal) {
      const since: Timestamp = addSeconds(now, -(RECENT_INTERVAL_SECONDS + RECENT_OVERLAP_SECONDS));
      await scheduleAll(context, signal, (after) =>
        deployments.listChanged(since, { after, limit: PAGE_SIZE }),
      );
      return undefined;
    },
  };
}

async function scheduleAll(
  context: CommandContext,
  signal: AbortSignal,
  readPage: (after: DeploymentId | null) => Promise<DeploymentReference[]>,
): Promise<void> {
  let after: DeploymentId | null = null;
  do {
    const page: DeploymentReference[] = await readPage(after);
    await forEachUntilStopped(page, signal, ({ id, workspace_id }) =>
      scheduleDeployment(context, workspace_id, id, {}, { evenIfPaused: false }),
    );
    after = page.length === PAGE_SIZE ? (page.at(-1)?.id ?? null) : null;
  } while (after !== null && !signal.aborted);
}
