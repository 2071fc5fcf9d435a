/**
 * Moments in time.
 *
 * On the wire a moment is an RFC 3339 string in UTC with up to six fractional digits (protocol section 0). Inside
 * Sluice it is a {@link Timestamp}: whole microseconds since the Unix epoch as a number. That keeps the wire's
 * precision (state timestamps are unique per run to the microsecond), compares and subtracts without parsing, and is
 * one integer column in both databases. A number holds microseconds exactly until the year 2255.
 */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";

declare const timestampBrand: unique symbol;
declare const durationBrand: unique symbol;

/** Whole microseconds since 1970-01-01T00:00:00Z. */
export type Timestamp = number & { readonly [timestampBrand]: true };

/** A length of time in whole microseconds, so that sums have no rounding; a float of seconds on the wire. */
export type Duration = number & { readonly [durationBrand]: true };

/** No time at all: the run time of a run that has not started. */
export const NO_TIME = 0 as Duration;

const MICROSECONDS_PER_MILLISECOND = 1000;
const MICROSECONDS_PER_SECOND = 1_000_000;

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt _]((?:[01]\d|2[0-3]):\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s*(Z|z|[+-]\d{2}:?\d{2})?)?$/;

/** The moments that a number holds to the microsecond, years 1684 to 2255; moments outside are moved to the nearest. */
const LATEST = Number.MAX_SAFE_INTEGER;

/** A timestamp from milliseconds since the epoch, e.g. `Date.now()`. */
export function timestampFromMilliseconds(milliseconds: number): Timestamp {
  return Math.round(milliseconds * MICROSECONDS_PER_MILLISECOND) as Timestamp;
}

/** Milliseconds since the epoch, for `Date` and timers; drops the sub-millisecond part. */
export function timestampToMilliseconds(timestamp: Timestamp): number {
  return Math.floor(timestamp / MICROSECONDS_PER_MILLISECOND);
}

/** The timestamp `seconds` later (earlier when negative). */
export function addSeconds(timestamp: Timestamp, seconds: number): Timestamp {
  return (timestamp + Math.round(seconds * MICROSECONDS_PER_SECOND)) as Timestamp;
}

/** The wire's float of seconds as a {@link Duration}, rounded to the microsecond. */
export function durationFromSeconds(seconds: number): Duration {
  return Math.round(seconds * MICROSECONDS_PER_SECOND) as Duration;
}

/** A {@link Duration} as the wire's float of seconds. */
export function durationToSeconds(duration: Duration): number {
  return duration / MICROSECONDS_PER_SECOND;
}

/** The time from `start` to `end` (negative when `end` is earlier). */
export function durationBetween(start: Timestamp, end: Timestamp): Duration {
  return (end - start) as Duration;
}

/** The sum of two lengths of time. */
export function addDurations(left: Duration, right: Duration): Duration {
  return (left + right) as Duration;
}

/** Seconds from `start` to `end` (negative when `end` is earlier). */
export function secondsBetween(start: Timestamp, end: Timestamp): number {
  return (end - start) / MICROSECONDS_PER_SECOND;
}

/**
 * Parses RFC 3339 and the looser ISO 8601 forms that Python clients send: a space for the `T`, no zone (read as
 * UTC), a bare date, a numeric offset. Digits past the microsecond are cut; moments before 1684 or after 2255 (a
 * client's "since ever", "for ever") become the nearest that a number holds. Returns null for anything else.
 */
export function parseTimestamp(text: string): Timestamp | null {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [, year = "", month = "", day = "", time = "00:00:00", fraction = "", zone = "Z"] = match;
  if (Number(day) > daysInMonth(Number(year), Number(month))) return null; // Date.parse would roll over
  const seconds = time.length === 5 ? `${time}:00` : time;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const milliseconds = Date.parse(`${year}-${month}-${day}T${seconds}${offset}`);
  if (Number.isNaN(milliseconds)) return null;
  const microseconds = fraction === "" ? 0 : Number(fraction.slice(0, 6).padEnd(6, "0"));
  return inRange(milliseconds * MICROSECONDS_PER_MILLISECOND + microseconds);
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

function inRange(microseconds: number): Timestamp {
  return Math.max(-LATEST, Math.min(LATEST, microseconds)) as Timestamp;
}

/** The second that was formatted last, and its text: moments come in crowds, and a `Date` is most of the cost. */
let lastSecond = Number.NaN;
let lastSecondText = "";

/** The wire form: `2026-08-01T12:00:00Z`, with six fractional digits when the fraction is not zero. */
export function formatTimestamp(timestamp: Timestamp): string {
  const microseconds =
    ((timestamp % MICROSECONDS_PER_SECOND) + MICROSECONDS_PER_SECOND) % MICROSECONDS_PER_SECOND;
  const second = timestamp - microseconds;
  if (second !== lastSecond) {
    lastSecondText = new Date(second / MICROSECONDS_PER_MILLISECOND).toISOString().slice(0, 19);
    lastSecond = second;
  }
  return microseconds === 0
    ? `${lastSecondText}Z`
    : `${lastSecondText}.${String(microseconds).padStart(6, "0")}Z`;
}

/** A moment in a request: parsed to a {@link Timestamp}. Numbers are Unix seconds, or milliseconds when too large for seconds. */
export const timestampInput = z
  .custom<string | number>((value) => typeof value === "string" || typeof value === "number", {
    message: "value is not a valid datetime",
  })
  .meta(documentedAs({ type: "string", format: "date-time" }))
  .transform((value, context) => {
    const parsed = typeof value === "string" ? parseMoment(value) : timestampFromUnixNumber(value);
    if (parsed !== null) return parsed;
    context.addIssue({ code: "custom", message: `Unable to parse string [${value}]` });
    return z.NEVER;
  });

/** A moment in a response: the wire string. */
export const timestampOutput = z.string().meta(documentedAs({ type: "string", format: "date-time" }));

/** Numbers past this are milliseconds; the boundary is the year 2603 in seconds (pydantic's own watershed). */
const LARGEST_UNIX_SECONDS = 2e10;

/** A number in a string is Unix time too: query parameters have no other way to say it. */
const UNIX_NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

function parseMoment(text: string): Timestamp | null {
  return parseTimestamp(text) ?? (UNIX_NUMBER.test(text) ? timestampFromUnixNumber(Number(text)) : null);
}

function timestampFromUnixNumber(value: number): Timestamp | null {
  if (!Number.isFinite(value)) return null;
  const milliseconds = Math.abs(value) > LARGEST_UNIX_SECONDS ? value : value * 1000;
  return inRange(timestampFromMilliseconds(milliseconds));
}
