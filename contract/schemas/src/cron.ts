/**
 * Cron patterns: five fields, or six with seconds last, or seven with years after them, or an alias (`@daily`). The
 * syntax is that of Prefect's croniter (protocol section 5.2): names, lists, ranges that may wrap round, steps, `L` for
 * the last day of the month, `fri#2` and `L5` for the second and the last of a weekday, `?` for `*` in day fields.
 */

/** The values of a field, growing; null: every value. */
export type CronField = readonly number[] | null;

export interface CronPattern {
  readonly minutes: CronField;
  readonly hours: CronField;
  /** Days of the month. */
  readonly days: CronField;
  /** The last day of the month too. */
  readonly hasLastDay: boolean;
  readonly months: CronField;
  /** 0 is Sunday. */
  readonly weekdays: CronField;
  /** Weekdays that count only at some places in the month; where there are any, {@link weekdays} says nothing more. */
  readonly weekdayPlaces: readonly WeekdayPlace[];
  readonly seconds: CronField;
  readonly years: CronField;
}

export interface WeekdayPlace {
  readonly weekday: number;
  readonly place: 1 | 2 | 3 | 4 | 5 | "last";
}

const ALIASES: Readonly<Record<string, string>> = {
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

interface FieldKind {
  readonly lowest: number;
  readonly highest: number;
  readonly names: Readonly<Record<string, number>>;
  readonly mayAsk: boolean;
}

const MONTHS = numbered(
  ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  1,
);
const WEEKDAYS = numbered(["sun", "mon", "tue", "wed", "thu", "fri", "sat"], 0);

const MINUTE = fieldKind(0, 59);
const HOUR = fieldKind(0, 23);
const DAY = fieldKind(1, 31, {}, true);
const MONTH = fieldKind(1, 12, MONTHS);
const WEEKDAY = fieldKind(0, 6, WEEKDAYS, true);
const YEAR = fieldKind(1970, 2099);
const KINDS = [MINUTE, HOUR, DAY, MONTH, WEEKDAY, MINUTE, YEAR];

const RANGE = /^([^-]+)-([^-/]+)(?:\/(\d+))?$/;
const PLACE_IN_MONTH = /^(?:(?<weekday>\w+(?:-\w+)?)#|l)(?<last>\d+)$/;

/** The fields of a pattern, or null when it is none. */
export function parseCron(text: string): CronPattern | null {
  const lower = text.toLowerCase();
  const fields = (ALIASES[lower] ?? lower).split(/\s+/).filter((field) => field !== "");
  if (fields.length < 5 || fields.length > 7) return null;
  try {
    return patternOf(fields);
  } catch (error) {
    if (error instanceof BadCron) return null;
    throw error;
  }
}

class BadCron extends Error {
  override readonly name = "BadCron";
}

function patternOf(texts: readonly string[]): CronPattern {
  const places: WeekdayPlace[] = [];
  // Sunday may be 7 only where no seconds are given, as upstream.
  const sundayIsSeven = texts.length === 5;
  const parsed = texts.map((text, index) => {
    const kind = KINDS[index];
    if (!kind) throw new BadCron();
    return parseField(text, { kind, places, sundayIsSeven });
  });
  const [minutes, hours, days, months, weekdays, seconds, years] = parsed;
  if (!minutes || !hours || !days || !months || !weekdays) throw new BadCron();
  requireNoPlainWeekdays(weekdays, places);
  const dayText = texts[2] ?? "";
  const weekdayText = texts[4] ?? "";
  return {
    minutes: everyOrList(minutes, 60),
    hours: everyOrList(hours, 24),
    // A list of all days is still a list where the other day field restricts: with "or" it lets every day pass.
    days: weekdayText.includes("*") ? everyOrList(days, 31) : listOf(days),
    hasLastDay: days.hasLast,
    months: everyOrList(months, 12),
    weekdays: dayText.includes("*") ? everyOrList(weekdays, 7) : listOf(weekdays),
    weekdayPlaces: places,
    seconds: seconds ? everyOrList(seconds, 60) : [0],
    years: years ? everyOrList(years, 130) : null,
  };
}

interface ParsedField {
  readonly values: ReadonlySet<number>;
  readonly hasStar: boolean;
  readonly hasLast: boolean;
}

interface FieldContext {
  readonly kind: FieldKind;
  readonly places: WeekdayPlace[];
  readonly sundayIsSeven: boolean;
}

function parseField(text: string, context: FieldContext): ParsedField {
  const { kind } = context;
  if (text.includes("?")) {
    if (text !== "?" || !kind.mayAsk) throw new BadCron();
    return { values: new Set(), hasStar: true, hasLast: false };
  }
  const values = new Set<number>();
  let hasStar = false;
  let hasLast = false;
  for (const part of text.split(",")) {
    if (part === "*") hasStar = true;
    else if (part === "l" && kind === DAY) hasLast = true;
    else for (const value of parsePart(part, context)) values.add(value);
  }
  return { values, hasStar, hasLast };
}

function parsePart(part: string, context: FieldContext): readonly number[] {
  const { kind, places } = context;
  const placed = kind === WEEKDAY ? PLACE_IN_MONTH.exec(part)?.groups : undefined;
  if (!placed) return parseValues(part, context);
  const { weekday, last = "" } = placed;
  const place = weekday === undefined ? "last" : placeOf(Number(last));
  const values = parseValues(weekday ?? last, context);
  for (const value of values) places.push({ weekday: value, place });
  return values;
}

function parseValues(part: string, context: FieldContext): readonly number[] {
  const { kind } = context;
  const { lowest, highest } = kind;
  const starred = part.replace(/^\*(\/.+)$/, `${lowest}-${highest}$1`);
  const range = RANGE.exec(starred) ?? RANGE.exec(part.replace(/^(.+)\/(.+)$/, `$1-${highest}/$2`));
  if (!range) return [parseNumber(part, context)];
  const [, from = "", to = "", stepText = "1"] = range;
  const low = parseNumber(from, context);
  const high = kind === DAY && to === "l" ? 31 : parseNumber(to, context);
  const step = Number(stepText);
  if (step < 1) throw new BadCron();
  // From a value to itself is the whole cycle.
  if (low === high) return counted(lowest, highest, step);
  return low < high ? counted(low, high, step) : wrapped(low, high, step, kind);
}

function parseNumber(text: string, { kind, sundayIsSeven }: FieldContext): number {
  const value = /^\d+$/.test(text) ? Number(text) : kind.names[text];
  if (value === undefined) throw new BadCron();
  if (kind === WEEKDAY && value === 7 && sundayIsSeven) return 0;
  if (value < kind.lowest || value > kind.highest) throw new BadCron();
  return value;
}

function counted(low: number, high: number, step: number): number[] {
  const values: number[] = [];
  for (let value = low; value <= high; value += step) values.push(value);
  return values;
}

/** A range that passes the end of the cycle: `fri-mon`, `nov-feb/2`. Steps go on across the end as croniter counts them. */
function wrapped(low: number, high: number, step: number, { lowest, highest }: FieldKind): number[] {
  const first = counted(low, highest, step);
  const last = first.at(-1) ?? low;
  const passed = highest - last;
  const isCarried = last - lowest + step > highest - lowest + 1 && passed < step;
  return [...first, ...counted(lowest + (isCarried ? step - passed : 0), high, step)];
}

function placeOf(place: number): WeekdayPlace["place"] {
  if (place === 1 || place === 2 || place === 3 || place === 4 || place === 5) return place;
  throw new BadCron();
}

/** Weekdays at a place and weekdays at every place can't be in one field, unless all are named. */
function requireNoPlainWeekdays({ values }: ParsedField, places: readonly WeekdayPlace[]): void {
  if (places.length === 0 || values.size === 7) return;
  const placed = new Set(places.map(({ weekday }) => weekday));
  if ([...values].some((value) => !placed.has(value))) throw new BadCron();
}

function everyOrList(field: ParsedField, size: number): CronField {
  return field.values.size === size ? null : listOf(field);
}

function listOf({ values, hasStar }: ParsedField): CronField {
  return hasStar ? null : [...values].toSorted((left, right) => left - right);
}

function numbered(names: readonly string[], first: number): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index + first]));
}

function fieldKind(
  lowest: number,
  highest: number,
  names: FieldKind["names"] = {},
  mayAsk = false,
): FieldKind {
  return { lowest, highest, names, mayAsk };
}
