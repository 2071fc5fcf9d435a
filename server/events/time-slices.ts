/** Slices of time to count events by: all of one length, aligned to a Monday, without gaps (protocol section 7.6). */
import type { TimeUnit, Timestamp } from "@sluice/schemas";

/** Slices begin at whole multiples of their length from here: Monday, 1 April 2024, 00:00 UTC. */
export const SLICE_ORIGIN = 1_711_929_600_000_000 as Timestamp;

export const MAX_SLICES = 1000;

const MICROSECONDS_PER_SECOND = 1_000_000;
const MICROSECONDS: Readonly<Record<TimeUnit, number>> = {
  week: 7 * 86_400 * MICROSECONDS_PER_SECOND,
  day: 86_400 * MICROSECONDS_PER_SECOND,
  hour: 3600 * MICROSECONDS_PER_SECOND,
  minute: 60 * MICROSECONDS_PER_SECOND,
  second: MICROSECONDS_PER_SECOND,
};

export interface TimeSlices {
  /** Number of the first slice, counted from the one that begins at {@link SLICE_ORIGIN}. */
  readonly first: number;
  readonly intervalSeconds: number;
  /** The last moment of a slice is the microsecond before the next one begins. */
  readonly slices: readonly { readonly start: Timestamp; readonly end: Timestamp }[];
}

/** How many slices a window would have, before it is cut at the present. Refuse what is over {@link MAX_SLICES}. */
export function countSlices(
  window: { readonly since: Timestamp; readonly until: Timestamp },
  unit: TimeUnit,
  interval: number,
): number {
  return Math.ceil((window.until - window.since) / sliceLength(unit, interval));
}

/** The slices that cover a window; one that reaches into the future ends with the unit that is under way. */
export function timeSlices(
  window: { readonly since: Timestamp; readonly until: Timestamp },
  unit: TimeUnit,
  interval: number,
  now: Timestamp,
): TimeSlices {
  const length = sliceLength(unit, interval);
  const until = window.until > now ? endOfUnit(now, unit) : window.until;
  const first = Math.floor((window.since - SLICE_ORIGIN) / length);
  const slices = [];
  for (let start = SLICE_ORIGIN + first * length; start < until; start += length) {
    // Sums of whole microseconds are moments.
    slices.push({ start: start as Timestamp, end: (start + length - 1) as Timestamp });
  }
  return { first, intervalSeconds: length / MICROSECONDS_PER_SECOND, slices };
}

function sliceLength(unit: TimeUnit, interval: number): number {
  return Math.round(MICROSECONDS[unit] * interval);
}

/** The origin is a Monday at midnight, so whole units from it are the calendar's own. */
function endOfUnit(moment: Timestamp, unit: TimeUnit): number {
  const length = MICROSECONDS[unit];
  return SLICE_ORIGIN + (Math.floor((moment - SLICE_ORIGIN) / length) + 1) * length - 1;
}
