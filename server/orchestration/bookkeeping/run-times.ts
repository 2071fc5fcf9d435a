/** When a run was to start, started and ended, and how long it ran; kept for flow runs and task runs alike. */
import { addDurations, durationBetween, isTerminal } from "@sluice/schemas";
import type { AnyRunTransform } from "../run-kinds.ts";

/** The first entry to RUNNING. */
export const setStartTime: AnyRunTransform = {
  kind: "transform",
  name: "SetStartTime",
  before({ run, proposed }) {
    if (proposed.type !== "RUNNING" || run.start_time !== null) return undefined;
    return { run: { start_time: proposed.timestamp } };
  },
};

/** Set on entering a terminal state, where a run that never ran also gets its start; cleared by a rerun. */
export const setEndTime: AnyRunTransform = {
  kind: "transform",
  name: "SetEndTime",
  before({ run, initial, proposed }) {
    if (!isTerminal(proposed.type)) {
      return initial !== null && isTerminal(initial.type) ? { run: { end_time: null } } : undefined;
    }
    if (run.end_time !== null) return undefined;
    return { run: { start_time: run.start_time ?? proposed.timestamp, end_time: proposed.timestamp } };
  },
};

export const incrementRunTime: AnyRunTransform = {
  kind: "transform",
  name: "IncrementRunTime",
  before({ run, initial, proposed }) {
    if (initial?.type !== "RUNNING") return undefined;
    const stay = durationBetween(initial.timestamp, proposed.timestamp);
    return { run: { total_run_time: addDurations(run.total_run_time, stay) } };
  },
};

/** What the first state promised; never changed by later ones. */
export const setExpectedStartTime: AnyRunTransform = {
  kind: "transform",
  name: "SetExpectedStartTime",
  before({ run, proposed }) {
    if (run.expected_start_time !== null) return undefined;
    const scheduled = proposed.type === "SCHEDULED" ? proposed.state_details.scheduled_time : null;
    return { run: { expected_start_time: scheduled ?? proposed.timestamp } };
  },
};

/** Set exactly while the run is SCHEDULED; what late marking and polling go by. */
export const setNextScheduledStartTime: AnyRunTransform = {
  kind: "transform",
  name: "SetNextScheduledStartTime",
  before({ initial, proposed }) {
    if (proposed.type === "SCHEDULED") {
      return { run: { next_scheduled_start_time: proposed.state_details.scheduled_time ?? null } };
    }
    return initial?.type === "SCHEDULED" ? { run: { next_scheduled_start_time: null } } : undefined;
  },
};

/** The transforms that every run's transition passes, in order. */
export const runTimes: readonly AnyRunTransform[] = [
  setStartTime,
  setEndTime,
  incrementRunTime,
  setExpectedStartTime,
  setNextScheduledStartTime,
];
