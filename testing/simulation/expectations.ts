/**
 * What a history must look like, worked out anew from the states alone: a second, simpler telling of the rules, so that
 * a mistake in the rules shows as a disagreement.
 */
import { isTerminal, type State, type Timestamp } from "@sluice/schemas";

/** True when no rule lets `to` follow `from`, unless it is forced. */
export function isForbidden(from: State | null, to: State, hasDeployment: boolean): boolean {
  if (from === null) return false;
  if (from.type === "CANCELLING") return to.type !== "CANCELLED";
  if (to.type === "PAUSED") return from.type !== "RUNNING";
  if (to.type === "PENDING") return !mayBeTaken(from, to);
  if (!isTerminal(from.type)) return false;
  if (to.type === "CANCELLING" || to.type === "CRASHED") return true;
  if (!isTerminal(to.type) && from.type === "COMPLETED" && from.data !== null) return true;
  return to.type === "SCHEDULED" && !hasDeployment;
}

function mayBeTaken(from: State, to: State): boolean {
  if (from.type === "PENDING") return to.name !== from.name && to.name !== "Pending";
  if (from.type === "COMPLETED") return from.data === null;
  return from.type === "SCHEDULED" || from.type === "FAILED" || from.type === "CRASHED";
}

/** The run's columns as its history has them. */
export interface ExpectedColumns {
  readonly start_time: Timestamp | null;
  readonly end_time: Timestamp | null;
  readonly total_run_time: number;
  readonly next_scheduled_start_time: Timestamp | null;
  readonly attempt: number;
  readonly mostRuns: number;
  readonly fewestRuns: number;
}

/**
 * A pause that was resumed, and refused, marks the run as resuming; then neither the RUNNING that ends the pause nor the
 * next one is counted.
 */
const RUNS_NOT_COUNTED = 2;

export function expectedColumns(history: readonly State[]): ExpectedColumns {
  let start_time: Timestamp | null = null;
  let end_time: Timestamp | null = null;
  let total_run_time = 0;
  let mostRuns = 0;
  let pauses = 0;
  for (const [index, state] of history.entries()) {
    const previous = history[index - 1];
    if (previous?.type === "RUNNING") total_run_time += state.timestamp - previous.timestamp;
    if (state.type === "RUNNING") mostRuns += 1;
    if (state.type === "PAUSED") pauses += 1;
    if (state.type === "RUNNING" || isTerminal(state.type)) start_time ??= state.timestamp;
    end_time = isTerminal(state.type) ? (end_time ?? state.timestamp) : null;
  }
  const last = history.at(-1);
  return {
    start_time,
    end_time,
    total_run_time,
    next_scheduled_start_time:
      last?.type === "SCHEDULED" ? (last.state_details.scheduled_time ?? null) : null,
    attempt: attemptAfter(history),
    mostRuns,
    fewestRuns: Math.max(0, mostRuns - RUNS_NOT_COUNTED * pauses),
  };
}

/** How many executions have begun. */
export function attemptAfter(history: readonly State[]): number {
  return history.filter((state, index) => {
    const previous = history[index - 1];
    if (state.type === "PENDING") return previous?.type !== "PENDING";
    if (state.type !== "RUNNING" || previous?.type === "PENDING") return false;
    const waitedInProcess = previous?.type === "PAUSED" && !previous.state_details.pause_reschedule;
    return !waitedInProcess;
  }).length;
}
