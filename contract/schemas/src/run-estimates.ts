/** Figures about a run that move with the clock (protocol section 3.4, "Derived on read"). */
import { isTerminal, type State } from "./states.ts";
import { addDurations, type Duration, durationBetween, NO_TIME, type Timestamp } from "./timestamps.ts";

interface TimedRun {
  readonly state: Pick<State, "type" | "timestamp"> | null;
  readonly total_run_time: Duration;
  readonly start_time: Timestamp | null;
  readonly expected_start_time: Timestamp | null;
}

/** Time spent in RUNNING so far, the stretch under way included. */
export function estimatedRunTime(run: TimedRun, now: Timestamp): Duration {
  if (run.state?.type !== "RUNNING") return run.total_run_time;
  return addDurations(run.total_run_time, durationBetween(run.state.timestamp, now));
}

/** How late the run started, or how overdue it is; never negative. */
export function estimatedStartTimeDelta(run: TimedRun, now: Timestamp): Duration {
  const { expected_start_time: expected, start_time: started, state } = run;
  if (expected === null) return NO_TIME;
  if (started !== null) return positive(durationBetween(expected, started));
  const isOver = state !== null && isTerminal(state.type);
  return isOver ? NO_TIME : positive(durationBetween(expected, now));
}

function positive(duration: Duration): Duration {
  return duration > 0 ? duration : NO_TIME;
}
