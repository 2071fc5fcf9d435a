import { releaseLease } from "../commands/concurrency-leases.ts";
import type { CommandContext } from "../commands/context.ts";
import { forEachUntilStopped } from "./for-each.ts";
import type { Service } from "./service.ts";

const BATCH_SIZE = 100;

/**
 * Clears away leases that have expired. They hold no slots since the moment they expired, and can't be renewed; this
 * only tidies up and learns how long they were held.
 */
export function leaseExpiry(context: CommandContext): Service {
  return {
    name: "lease-expiry",
    intervalMs: 15_000,
    async run(now, signal) {
      const expired = await context.store.reads.leases.listExpired(now, BATCH_SIZE);
      await forEachUntilStopped(expired, signal, (lease) => releaseLease(context, lease.id));
      return expired.length === BATCH_SIZE ? "more" : undefined;
    },
  };
}
