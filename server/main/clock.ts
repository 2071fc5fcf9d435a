/** The present moment, to the microsecond. */
import { type Timestamp, timestampFromMilliseconds } from "@sluice/schemas";

/** The wall clock tells whole milliseconds; a clock that differs from it by more than this was not set with it. */
const TOLERANCE_MS = 2;

/** Milliseconds of the wall clock when the process's own clock stood at 0. */
let origin = Date.now() - performance.now();

/**
 * The process's own clock, which is fine and never runs back, held to the wall clock: when that is set, or the machine
 * has slept, this follows at once.
 */
export function currentTimestamp(): Timestamp {
  const elapsed = performance.now();
  const wall = Date.now();
  if (Math.abs(origin + elapsed - wall) > TOLERANCE_MS) origin = wall - elapsed;
  return timestampFromMilliseconds(origin + elapsed);
}
