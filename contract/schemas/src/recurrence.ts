/** Recurrence rules of iCalendar as schedules hold them: RRULE, EXRULE, RDATE and EXDATE lines (protocol section 5.2). */

/** A wall-clock moment without a zone, `20260308T023000`: the zone is the schedule's. */
export type WallClock = string;

/** The parts of one rule by name, upper-case: `FREQ`, `INTERVAL`, `BYDAY`… `UNTIL` is a {@link WallClock}. */
export type RuleParts = Readonly<Record<string, string>>;

export interface Recurrence {
  /** Null: none is given, and the default applies. */
  readonly start: WallClock | null;
  readonly rules: readonly RuleParts[];
  readonly exceptRules: readonly RuleParts[];
  readonly dates: readonly WallClock[];
  readonly exceptDates: readonly WallClock[];
}

const DATE = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2})(?::?(\d{2}))?)?(Z?)$/;
const NUMBERS = /^[+-]?\d+(?:,[+-]?\d+)*$/;
const WEEKDAYS =
  /^(?:[+-]?\d*(?:MO|TU|WE|TH|FR|SA|SU)|(?:MO|TU|WE|TH|FR|SA|SU)\([+-]?\d+\))(?:,[+-]?\d*(?:MO|TU|WE|TH|FR|SA|SU))*$/;
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(?:YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY|SECONDLY)$/,
  INTERVAL: /^[1-9]\d*$/,
  COUNT: /^\d+$/,
  UNTIL: DATE,
  WKST: /^(?:MO|TU|WE|TH|FR|SA|SU)$/,
  BYSETPOS: NUMBERS,
  BYMONTH: NUMBERS,
  BYMONTHDAY: NUMBERS,
  BYYEARDAY: NUMBERS,
  BYWEEKNO: NUMBERS,
  BYHOUR: NUMBERS,
  BYMINUTE: NUMBERS,
  BYSECOND: NUMBERS,
  BYDAY: WEEKDAYS,
  BYWEEKDAY: WEEKDAYS,
};

/** The parts of a recurrence, or why the text is none. */
export function parseRecurrence(text: string): Recurrence | { readonly problem: string } {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof BadRecurrence) return { problem: error.message };
    throw error;
  }
}

class BadRecurrence extends Error {
  override readonly name = "BadRecurrence";
}

interface Read {
  start: { readonly wall: WallClock; readonly isUtc: boolean } | null;
  readonly rules: string[];
  readonly exceptRules: string[];
  readonly dates: WallClock[];
  readonly exceptDates: WallClock[];
}

function read(text: string): Recurrence {
  const lines = text
    .toUpperCase()
    .split(/\s+/)
    .filter((line) => line !== "");
  const found: Read = { start: null, rules: [], exceptRules: [], dates: [], exceptDates: [] };
  for (const line of lines) readLine(line, found);
  if (found.rules.length === 0 && found.dates.length === 0) throw new BadRecurrence("empty string");
  const startHasZone = found.start?.isUtc ?? null;
  return {
    start: found.start?.wall ?? null,
    rules: found.rules.map((rule) => readRule(rule, startHasZone)),
    exceptRules: found.exceptRules.map((rule) => readRule(rule, startHasZone)),
    dates: found.dates,
    exceptDates: found.exceptDates,
  };
}

function readLine(line: string, found: Read): void {
  const colon = line.indexOf(":");
  const [name = ""] = colon < 0 ? ["RRULE"] : line.slice(0, colon).split(";");
  const value = line.slice(colon + 1);
  if (name === "RRULE") found.rules.push(value);
  else if (name === "EXRULE") found.exceptRules.push(value);
  else if (name === "RDATE") found.dates.push(...value.split(",").map((date) => readDate(date).wall));
  else if (name === "EXDATE") found.exceptDates.push(...value.split(",").map((date) => readDate(date).wall));
  // A zone named here says nothing: the schedule has its own.
  else if (name === "DTSTART")
    found.start = { ...readDate(value), ...(line.includes("TZID=") && { isUtc: true }) };
  else throw new BadRecurrence(`unsupported property: ${name}`);
}

function readRule(text: string, startHasZone: boolean | null): RuleParts {
  const parts: Record<string, string> = {};
  for (const pair of text.split(";")) {
    const [name = "", value = ""] = pair.split("=");
    const form = PARTS[name];
    if (!form) throw new BadRecurrence(`unknown parameter '${name}'`);
    if (!form.test(value)) throw new BadRecurrence(`invalid '${name}': ${value}`);
    parts[name === "BYWEEKDAY" ? "BYDAY" : name] = name === "UNTIL" ? readUntil(value, startHasZone) : value;
  }
  if (parts["FREQ"] === undefined) throw new BadRecurrence("FREQ is missing");
  return parts;
}

function readUntil(value: string, startHasZone: boolean | null): WallClock {
  const { wall, isUtc } = readDate(value);
  // A rule without a start takes the kind of its end.
  if (startHasZone !== null && isUtc !== startHasZone) {
    throw new BadRecurrence("RRULE UNTIL values must be specified in UTC when DTSTART is timezone-aware");
  }
  return wall;
}

function readDate(text: string): { readonly wall: WallClock; readonly isUtc: boolean } {
  const match = DATE.exec(text);
  if (!match) throw new BadRecurrence(`invalid date: ${text}`);
  const [, year = "", month = "", day = "", hour = "00", minute = "00", second = "00", zone = ""] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const milliseconds = Date.parse(`${iso}Z`);
  // `Date.parse` rolls 31 April over.
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(iso)) {
    throw new BadRecurrence(`invalid date: ${text}`);
  }
  return { wall: `${year}${month}${day}T${hour}${minute}${second}`, isUtc: zone === "Z" };
}
