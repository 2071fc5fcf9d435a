import { addSeconds } from "@sluice/schemas";
import type { Store } from "../store/store.ts";
import type { Service } from "./service.ts";

export interface EventRetentionOptions {
  /** Events that occurred longer ago are deleted. Default: seven days (protocol section 6). */
  readonly retentionSeconds?: number;
}

const DEFAULT_RETENTION_SECONDS = 7 * 86_400;
/** Few enough that other writers wait a moment only. */
const BATCH_SIZE = 500;

/** Deletes events that are past their time. */
export function eventRetention(
  { store }: { readonly store: Store },
  { retentionSeconds = DEFAULT_RETENTION_SECONDS }: EventRetentionOptions = {},
): Service {
  return {
    name: "event-retention",
    intervalMs: 3_600_000,
    async run(now) {
      const before = addSeconds(now, -retentionSeconds);
      const deleted = await store.transaction((tx) => tx.events.deleteBefore(before, BATCH_SIZE));
      return deleted === BATCH_SIZE ? "more" : undefined;
    },
  };
}
