/** Figures about a run that move with the clock, in seconds (protocol section 3.4, "Derived on read"). */
import { isTerminal, type State } from "./states.ts";
import { secondsBetween, type Timestamp } from "./timestamps.ts";

interface TimedRun {
  readonly state: Pick<State, "type" | "timestamp"> | null;
  readonly total_run_time: number;
  readonly start_time: Timestamp | null;
  readonly expected_start_time: Timestamp | null;
}

/** Seconds spent in RUNNING so far, the stretch under way included. */
export function estimatedRunTime(run: TimedRun, now: Timestamp): number {
  if (run.state?.type !== "RUNNING") return run.total_run_time;
  return run.total_run_time + secondsBetween(run.state.timestamp, now);
}

/** Seconds that the run started late, or is overdue; never negative. */
export function estimatedStartTimeDelta(run: TimedRun, now: Timestamp): number {
  const { expected_start_time: expected, start_time: started, state } = run;
  if (expected === null) return 0;
  if (started !== null) return Math.max(0, secondsBetween(expected, started));
  const isOver = state !== null && isTerminal(state.type);
  return isOver ? 0 : Math.max(0, secondsBetween(expected, now));
}
