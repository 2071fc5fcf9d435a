import type { CommandContext } from "../commands/context.ts";
import {
  listUnpolledQueues,
  markPoolAbandoned,
  markQueueUnpolled,
  markSilentWorkers,
} from "../commands/workers.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

const BATCH_SIZE = 200;

/** Notices workers that went silent, pools that are left without one and queues that nobody polls. */
export function foreman(context: CommandContext): Service {
  return {
    name: "foreman",
    intervalMs: 15_000,
    async run(_now, signal) {
      await markSilentWorkers(context);
      const pools = await context.store.reads.workPools.listAbandoned(BATCH_SIZE);
      await forEachUntilStopped(pools, signal, (pool) => markPoolAbandoned(context, pool));
      const queues = await listUnpolledQueues(context, BATCH_SIZE);
      await forEachUntilStopped(queues, signal, (queue) => markQueueUnpolled(context, queue));
      return pools.length === BATCH_SIZE || queues.length === BATCH_SIZE ? "more" : undefined;
    },
  };
}
