import type { StateType, Timestamp } from "@sluice/schemas";
import type { ObjectFilters } from "./filters.ts";

/** A run-history chart: runs whose expected start lies in [start, end), in slices of `interval_seconds`. */
export interface HistoryRequest {
  readonly filters: ObjectFilters;
  readonly start: Timestamp;
  readonly end: Timestamp;
  readonly interval_seconds: number;
  /** Estimates of running and late runs are made for this moment. */
  readonly now: Timestamp;
}

export interface HistoryBucket {
  readonly interval_start: Timestamp;
  readonly interval_end: Timestamp;
  readonly states: readonly {
    readonly state_type: StateType;
    readonly state_name: string;
    readonly count_runs: number;
    readonly sum_estimated_run_time: number;
    readonly sum_estimated_lateness: number;
  }[];
}
