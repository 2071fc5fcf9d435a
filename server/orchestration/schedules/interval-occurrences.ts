import type { IntervalSchedule, Timestamp } from "@sluice/schemas";
import { momentAt, wallAt } from "./wall-clock.ts";

const DAY = 86_400_000_000;

/**
 * The moments of an interval from `from` on (protocol section 5.2): a jump from the anchor by exact multiples, then
 * steps. Steps of a day and more follow the clock on the wall, shorter ones are exact.
 */
export function* intervalOccurrences(
  { interval, anchor_date, timezone }: IntervalSchedule,
  from: Timestamp,
): Generator<Timestamp> {
  const step = (moment: Timestamp): Timestamp =>
    interval < DAY
      ? ((moment + interval) as Timestamp) // a moment and a duration
      : momentAt(wallAt(moment, timezone) + interval, timezone, "later");
  const jumps = Math.trunc((from - anchor_date) / interval);
  let next = (anchor_date + jumps * interval) as Timestamp; // likewise
  while (next < from) next = step(next);
  for (;;) {
    yield next;
    next = step(next);
  }
}
