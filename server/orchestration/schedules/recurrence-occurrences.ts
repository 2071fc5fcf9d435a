import {
  parseRecurrence,
  type RecurrenceSchedule,
  type RuleParts,
  type Timestamp,
  type WallClock,
} from "@sluice/schemas";
import { RRuleTemporal } from "rrule-temporal";
import { DEFAULT_START, wallOf } from "./recurrence-clock.ts";
import { momentAt, type Wall, wallAt } from "./wall-clock.ts";

/** No zone changes its clock by more. */
const LARGEST_CHANGE = 24 * 3_600_000_000;

/**
 * The moments of a recurrence from `from` on. Rules and dates are followed on the clock of the wall, as if that clock
 * never changed; a time it shows twice counts the first time, one it skips falls back before the change (protocol
 * section 5.2).
 */
export function* recurrenceOccurrences(
  { rrule, timezone }: RecurrenceSchedule,
  from: Timestamp,
): Generator<Timestamp> {
  const recurrence = parseRecurrence(rrule);
  if ("problem" in recurrence) return; // checked when the schedule was made
  const start = recurrence.start ?? DEFAULT_START;
  const included = recurrence.rules.map((rule) => sequenceOf(rule, start));
  const excluded = recurrence.exceptRules.map((rule) => sequenceOf(rule, start));
  const dates = recurrence.dates.map(wallOf).toSorted((left, right) => left - right);
  if (dates.length > 0) included.push(datesFrom(dates));
  const exceptDates = new Set(recurrence.exceptDates.map(wallOf));
  const isExcluded = (wall: Wall): boolean =>
    exceptDates.has(wall) || excluded.some((sequence) => sequence(wall) === wall);
  let earliest: Wall = wallAt(from, timezone) - LARGEST_CHANGE;
  for (;;) {
    const candidates = included.map((sequence) => sequence(earliest)).filter((wall) => wall !== null);
    if (candidates.length === 0) return;
    const next = Math.min(...candidates);
    earliest = next + 1;
    if (isExcluded(next)) continue;
    const moment = momentAt(next, timezone, "earlier");
    if (moment >= from) yield moment;
  }
}

/** The first time of a rule that is not before the given one. */
type Sequence = (from: Wall) => Wall | null;

function sequenceOf(rule: RuleParts, start: WallClock): Sequence {
  const text = Object.entries(rule)
    .map(([name, value]) => `${name}=${value}${name === "UNTIL" ? "Z" : ""}`)
    .join(";");
  const iterator = new RRuleTemporal({ rruleString: `DTSTART:${start}Z\nRRULE:${text}` });
  let found: Wall | null | undefined;
  return (from) => {
    if (found !== undefined && (found === null || found >= from)) return found;
    const next = iterator.next(new Date(Math.ceil(from / 1000)), true);
    found = next ? next.epochMilliseconds * 1000 : null;
    return found;
  };
}

function datesFrom(dates: readonly Wall[]): Sequence {
  return (from) => dates.find((date) => date >= from) ?? null;
}
