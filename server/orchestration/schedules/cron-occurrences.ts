import {
  type CronField,
  type CronPattern,
  type CronSchedule,
  parseCron,
  type Timestamp,
} from "@sluice/schemas";
import { Cron } from "croner";
import { momentAt, wallAt } from "./wall-clock.ts";

const SECOND = 1_000_000;

/**
 * The moments of a cron pattern from `from` on. The pattern is followed on the clock of the wall, as if that clock never
 * changed, and each time it shows is then looked up: one that comes twice counts the first time, one that is skipped falls
 * back before the change (protocol section 5.2).
 */
export function* cronOccurrences(
  { cron, timezone, day_or }: CronSchedule,
  from: Timestamp,
): Generator<Timestamp> {
  const pattern = parseCron(cron);
  if (!pattern) return; // checked when the schedule was made
  const expression = cronerExpression(pattern, day_or);
  // The iterator's zone is UTC: what it is given and gives are times on the wall.
  const iterator = new Cron(expression, { timezone: "UTC", mode: "7-part", domAndDow: !day_or });
  const wall = wallAt(from, timezone);
  const whole = Math.floor(wall / SECOND) * SECOND;
  let previous = new Date((wall === whole ? whole - SECOND : whole) / 1000);
  for (;;) {
    const next = iterator.nextRun(previous);
    if (!next) return;
    yield momentAt(next.getTime() * 1000, timezone, "earlier");
    previous = next;
  }
}

/** The pattern in the words of croner: seconds first, and only lists, so that nothing depends on how it reads ranges. */
function cronerExpression(pattern: CronPattern, dayOr: boolean): string {
  const { minutes, hours, months, seconds, years } = pattern;
  const [days, weekdays] = dayFields(pattern, dayOr);
  return [list(seconds), list(minutes), list(hours), days, list(months), weekdays, list(years)].join(" ");
}

function dayFields(pattern: CronPattern, dayOr: boolean): [string, string] {
  const { days, hasLastDay, weekdays, weekdayPlaces } = pattern;
  const byNumber = days === null ? "*" : [...days, ...(hasLastDay ? ["L"] : [])].join(",");
  if (weekdayPlaces.length === 0) return [byNumber, list(weekdays)];
  const places = weekdayPlaces.map(({ weekday, place }) => `${weekday}#${place === "last" ? "L" : place}`);
  // With "or", days beside a weekday at a place in the month say nothing, as in croniter.
  return [dayOr ? "*" : byNumber, places.join(",")];
}

function list(field: CronField): string {
  return field === null ? "*" : field.join(",");
}
