/** How many runs were in which state, per interval of time (`POST …/history`). */
import { z } from "zod";
import { integer } from "./fields.ts";
import { type StateType, stateType } from "./states.ts";
import { type Duration, type Timestamp, timestampInput, timestampOutput } from "./timestamps.ts";

export interface HistoryState {
  readonly state_type: StateType;
  readonly state_name: string;
  readonly count_runs: number;
  readonly sum_estimated_run_time: Duration;
  readonly sum_estimated_lateness: Duration;
}

export interface HistoryInterval {
  readonly interval_start: Timestamp;
  readonly interval_end: Timestamp;
  readonly states: readonly HistoryState[];
}

/** The shortest interval; a shorter one is answered with a bare `detail`. */
const MINIMUM_INTERVAL_SECONDS = 1;

/** The stretch of time of a history request, beside its filters. */
export const historyRangeFields = {
  history_start: timestampInput,
  history_end: timestampInput,
  history_interval_seconds: z
    .number()
    .refine((seconds) => seconds >= MINIMUM_INTERVAL_SECONDS, {
      message: "History interval must not be less than 1 second.",
      params: { isDetail: true },
    })
    .meta({ format: "time-delta" }),
};

const historyResponseState = z
  .object({
    state_type: stateType,
    state_name: z.string(),
    count_runs: integer,
    sum_estimated_run_time: z.number(),
    sum_estimated_lateness: z.number(),
  })
  .meta({ id: "HistoryResponseState" });

export const historyResponse = z
  .object({
    interval_start: timestampOutput,
    interval_end: timestampOutput,
    states: z.array(historyResponseState),
  })
  .meta({ id: "HistoryResponse" });
export type HistoryResponse = z.output<typeof historyResponse>;
