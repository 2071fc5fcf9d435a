import { durationToSeconds, formatTimestamp } from "@sluice/schemas";
import type { SimpleFlowRun } from "../../store/flow-runs.ts";
import type { HistoryBucket } from "../../store/history.ts";

export function presentHistory(buckets: readonly HistoryBucket[]) {
  return buckets.map((bucket) => ({
    interval_start: formatTimestamp(bucket.interval_start),
    interval_end: formatTimestamp(bucket.interval_end),
    states: bucket.states.map((state) => ({
      ...state,
      sum_estimated_run_time: durationToSeconds(state.sum_estimated_run_time),
      sum_estimated_lateness: durationToSeconds(state.sum_estimated_lateness),
    })),
  }));
}

/** A bar of the run-history scatter plot. */
export function presentSimpleFlowRun(run: SimpleFlowRun) {
  return {
    ...run,
    timestamp: formatTimestamp(run.timestamp),
    duration: durationToSeconds(run.duration),
    lateness: durationToSeconds(run.lateness),
  };
}
