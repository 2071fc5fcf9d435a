import { formatTimestamp } from "@sluice/schemas";
import type { SimpleFlowRun } from "../../store/flow-runs.ts";
import type { HistoryBucket } from "../../store/history.ts";

export function presentHistory(buckets: readonly HistoryBucket[]) {
  return buckets.map((bucket) => ({
    interval_start: formatTimestamp(bucket.interval_start),
    interval_end: formatTimestamp(bucket.interval_end),
    states: bucket.states,
  }));
}

/** A bar of the run-history scatter plot. */
export function presentSimpleFlowRun(run: SimpleFlowRun) {
  return { ...run, timestamp: formatTimestamp(run.timestamp) };
}
