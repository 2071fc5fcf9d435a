/** Schedules: when a deployment runs (protocol section 5.2). One of three closed objects, told apart by their keys. */
import { z } from "zod";
import { parseCron } from "./cron.ts";
import { documentedAs } from "./documented-as.ts";
import { parseRecurrence } from "./recurrence.ts";
import {
  type Duration,
  durationFromSeconds,
  type Timestamp,
  timestampInput,
  timestampOutput,
} from "./timestamps.ts";

/** Every so often from an anchor on. Whole days follow the clock on the wall, shorter steps are exact. */
export interface IntervalSchedule {
  readonly interval: Duration;
  readonly anchor_date: Timestamp;
  /** IANA name. */
  readonly timezone: string;
}

export interface CronSchedule {
  readonly cron: string;
  /** IANA name; null: UTC. */
  readonly timezone: string | null;
  /** True: a day matches by its number or its weekday; false: by both. */
  readonly day_or: boolean;
}

export interface RecurrenceSchedule {
  readonly rrule: string;
  /** IANA name; null: UTC. */
  readonly timezone: string | null;
}

export type Schedule = IntervalSchedule | CronSchedule | RecurrenceSchedule;

/** A schedule as it was sent: an interval without an anchor starts when the server takes it in. */
export type ProposedSchedule =
  | (Omit<IntervalSchedule, "anchor_date"> & { readonly anchor_date: Timestamp | null })
  | CronSchedule
  | RecurrenceSchedule;

/** Characters of a recurrence; about a year of single dates. */
export const MAXIMUM_RECURRENCE_LENGTH = 6500;

const timezoneName = z.string().refine((name) => name === "" || isTimezone(name), {
  error: ({ input }) =>
    `Invalid timezone: "${String(input)}" (specify in IANA tzdata format, for example, America/New_York)`,
});

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Seconds as a number, in a string, or an ISO 8601 duration. */
const interval = z
  .custom<number | string>((value) => durationOf(value) !== null, {
    message: "Input should be a valid timedelta",
    params: { type: "time_delta_parsing" },
  })
  .meta(documentedAs({ type: "number" }))
  .transform((value) => durationOf(value) as Duration) // just checked
  .refine((value) => value > 0, {
    message: "Input should be greater than 0 seconds",
    params: { type: "greater_than" },
  });

export const intervalScheduleInput = z
  .strictObject({
    interval,
    anchor_date: timestampInput.optional().transform((moment): Timestamp | null => moment ?? null),
    timezone: timezoneName.nullish().transform((name) => name || "UTC"),
  })
  .meta({ id: "IntervalSchedule" });

export const cronScheduleInput = z
  .strictObject({
    cron: z.string().refine((text) => parseCron(text) !== null, {
      error: ({ input }) => `Invalid cron string: "${String(input)}"`,
    }),
    timezone: timezoneName.nullable().default(null),
    day_or: z.boolean().default(true),
  })
  .meta({ id: "CronSchedule" });

export const recurrenceScheduleInput = z
  .strictObject({
    rrule: z.string().check(({ value, issues }) => {
      const parsed = parseRecurrence(value);
      if ("problem" in parsed) {
        issues.push({
          code: "custom",
          input: value,
          message: `Invalid RRule string "${value}": ${parsed.problem}`,
        });
      } else if (value.length > MAXIMUM_RECURRENCE_LENGTH) {
        const message = `Invalid RRule string "${value.slice(0, 40)}..."\nMax length is ${MAXIMUM_RECURRENCE_LENGTH}, got ${value.length}`;
        issues.push({ code: "custom", input: value, message });
      }
    }),
    timezone: timezoneName.nullable().default("UTC"),
  })
  .meta({ id: "RRuleSchedule" });

export const scheduleInput = z.union([intervalScheduleInput, cronScheduleInput, recurrenceScheduleInput]);

export const scheduleOutput = z.union([
  z.object({
    interval: z.number(),
    anchor_date: timestampOutput,
    timezone: z.string().nullable(),
  }),
  z.object({ cron: z.string(), timezone: z.string().nullable(), day_or: z.boolean() }),
  z.object({ rrule: z.string(), timezone: z.string().nullable() }),
]);

const zones = new Map<string, boolean>();

/** True for a name of the time-zone database. */
export function isTimezone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const isKnown = isKnownToIntl(name);
  // Bounded by the database: only names it knows are remembered.
  if (isKnown) zones.set(name, true);
  return isKnown;
}

function isKnownToIntl(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false; // offsets are zones to Intl, not to the database
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function durationOf(value: unknown): Duration | null {
  if (typeof value === "number") return Number.isFinite(value) ? durationFromSeconds(value) : null;
  if (typeof value !== "string" || value === "") return null;
  if (Number.isFinite(Number(value))) return durationFromSeconds(Number(value));
  const match = DURATION.exec(value);
  if (!match || value.length < 3) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return durationFromSeconds(((days * 24 + hours) * 60 + minutes) * 60 + seconds);
}
