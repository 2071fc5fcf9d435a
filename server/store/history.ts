import type { Duration, HistoryInterval, Timestamp } from "@sluice/schemas";
import type { ObjectFilters } from "./filters.ts";

/** A run-history chart: runs whose expected start lies in [start, end), in slices of `interval`, at most 500 of them. */
export interface HistoryRequest {
  readonly filters: ObjectFilters;
  readonly start: Timestamp;
  readonly end: Timestamp;
  readonly interval: Duration;
  /** Estimates of running and late runs are made for this moment. */
  readonly now: Timestamp;
}

/** One slice, the empty ones included. */
export type HistoryBucket = HistoryInterval;
