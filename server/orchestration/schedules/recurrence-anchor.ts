import { parseRecurrence, type RecurrenceSchedule, type Timestamp } from "@sluice/schemas";
import { DEFAULT_START, wallOf, wallText } from "./recurrence-clock.ts";
import { wallAt } from "./wall-clock.ts";

const SECONDS_OF: Readonly<Record<string, number>> = { SECONDLY: 1, MINUTELY: 60 };
const MICROSECONDS = 1_000_000;

/**
 * The recurrence with a start of its own (protocol section 5.2). A rule of minutes or seconds without a count starts at
 * the last of its steps before now, so that nobody walks through years of them; every other starts when all did that
 * named none.
 */
export function anchoredRecurrence({ rrule, timezone }: RecurrenceSchedule, now: Timestamp): string {
  if (rrule.toUpperCase().includes("DTSTART")) return rrule;
  const recurrence = parseRecurrence(rrule);
  if ("problem" in recurrence) return rrule; // checked when it was sent
  const [rule] = recurrence.rules;
  const { rules, exceptRules, dates, exceptDates } = recurrence;
  const isOneRule = rules.length === 1 && exceptRules.length + dates.length + exceptDates.length === 0;
  const unit = rule && isOneRule && rule["COUNT"] === undefined ? SECONDS_OF[rule["FREQ"] ?? ""] : undefined;
  if (unit === undefined) return startingAt(DEFAULT_START, rrule);
  const first = wallOf(DEFAULT_START);
  const period = unit * Number(rule?.["INTERVAL"] ?? 1) * MICROSECONDS;
  const periods = Math.max(0, Math.floor((wallAt(now, timezone) - first) / period));
  return startingAt(wallText(first + periods * period), rrule);
}

/** A rule whose end has a zone can't have a start without one, and stays as it is. */
function startingAt(start: string, rrule: string): string {
  const anchored = `DTSTART:${start}\n${rrule}`;
  return "problem" in parseRecurrence(anchored) ? rrule : anchored;
}
