import { expect, test } from "vitest";
import { estimatedRunTime, estimatedStartTimeDelta } from "./run-estimates.ts";
import { durationFromSeconds, NO_TIME, type Timestamp } from "./timestamps.ts";

const at = (seconds: number) => (seconds * 1_000_000) as Timestamp;
const NEVER = { state: null, total_run_time: NO_TIME, start_time: null, expected_start_time: null };

test("a running run has run for its past stays and the one under way", () => {
  const run = {
    ...NEVER,
    total_run_time: durationFromSeconds(5),
    state: { type: "RUNNING", timestamp: at(10) },
  } as const;
  expect(estimatedRunTime(run, at(12))).toBe(durationFromSeconds(7));
  expect(estimatedRunTime({ ...run, state: { type: "PAUSED", timestamp: at(10) } }, at(12))).toBe(
    run.total_run_time,
  );
});

test("a run that started is as late as it started, and never early", () => {
  const run = { ...NEVER, expected_start_time: at(10), start_time: at(13) };
  expect(estimatedStartTimeDelta(run, at(100))).toBe(durationFromSeconds(3));
  expect(estimatedStartTimeDelta({ ...run, start_time: at(9) }, at(100))).toBe(NO_TIME);
});

test("a run that should have started gets later, unless it has ended", () => {
  const run = { ...NEVER, expected_start_time: at(10) };
  expect(estimatedStartTimeDelta(run, at(14))).toBe(durationFromSeconds(4));
  expect(estimatedStartTimeDelta(run, at(9))).toBe(NO_TIME);
  expect(estimatedStartTimeDelta({ ...run, state: { type: "CANCELLED", timestamp: at(11) } }, at(14))).toBe(
    NO_TIME,
  );
});

test("a run that nobody expects is not late", () => {
  expect(estimatedStartTimeDelta(NEVER, at(14))).toBe(NO_TIME);
});
