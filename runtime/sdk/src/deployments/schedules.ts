/** When deployments run, as people write it (protocol section 5.2). */
import { DefinitionError } from "../errors.ts";
import { serializeParameters } from "../parameters.ts";
import type { DeploymentScheduleBody, ScheduleBody } from "../transport/deployments-transport.ts";

/** One schedule: a `cron` line, an `interval` or an `rrule`. */
export interface ScheduleOptions {
  /** `"0 3 * * *"`. */
  cron?: string;
  /** Whether day of month and day of week are alternatives. Default true, as cron has it. */
  dayOr?: boolean;
  /** Seconds from one run to the next. */
  interval?: number;
  /** A moment from which the interval is counted. Default: now. */
  anchorDate?: Date;
  /** `"FREQ=WEEKLY;BYDAY=MO"`. */
  rrule?: string;
  /** IANA name, `"Europe/Berlin"`. Default: UTC. */
  timezone?: string;
  /** Default true. */
  active?: boolean;
  /** Over the deployment's own. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Names the schedule in its deployment. */
  slug?: string;
}

/** The short forms that stand beside `schedules`. */
export interface ShortSchedules {
  cron?: string | readonly string[];
  interval?: number | readonly number[];
  rrule?: string | readonly string[];
  /** Of the short forms. */
  timezone?: string;
  schedules?: readonly ScheduleOptions[];
}

/** All schedules of a deployment as the wire has them. @throws DefinitionError when one has not exactly one kind */
export function schedulesOf(name: string, options: ShortSchedules): DeploymentScheduleBody[] {
  const zone = options.timezone === undefined ? {} : { timezone: options.timezone };
  const all: ScheduleOptions[] = [
    ...list(options.cron).map((cron) => ({ cron, ...zone })),
    ...list(options.interval).map((interval) => ({ interval, ...zone })),
    ...list(options.rrule).map((rrule) => ({ rrule, ...zone })),
    ...(options.schedules ?? []),
  ];
  return all.map((schedule) => ({
    schedule: scheduleBody(name, schedule),
    active: schedule.active ?? true,
    parameters: serializeParameters(schedule.parameters ?? {}),
    ...(schedule.slug === undefined ? {} : { slug: schedule.slug }),
  }));
}

function list<T extends string | number>(values: T | readonly T[] | undefined): readonly T[] {
  if (values === undefined) return [];
  return typeof values === "object" ? values : [values];
}

function scheduleBody(name: string, schedule: ScheduleOptions): ScheduleBody {
  const { cron, interval, rrule, timezone = "UTC" } = schedule;
  const kinds = [cron, interval, rrule].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) {
    throw new DefinitionError(
      `Deployment '${name}': a schedule has one of cron, interval and rrule, got ${kinds.length}.`,
    );
  }
  if (cron !== undefined) return { cron, timezone, day_or: schedule.dayOr ?? true };
  if (rrule !== undefined) return { rrule, timezone };
  const seconds = Number(interval);
  if (!(seconds > 0)) {
    throw new DefinitionError(`Deployment '${name}': interval must be more than 0 seconds, got ${interval}.`);
  }
  return { interval: seconds, anchor_date: (schedule.anchorDate ?? new Date()).toISOString(), timezone };
}
