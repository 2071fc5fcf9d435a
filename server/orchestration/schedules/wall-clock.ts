/** Between moments and the clock on the wall of a time zone. */
import type { Timestamp } from "@sluice/schemas";
import { Temporal } from "temporal-polyfill";

/** What a clock on the wall shows, as microseconds since 1970-01-01T00:00 on that clock. */
export type Wall = number;

/** Where the clock shows a time twice or never: the moment before or after the change, by the offset. */
export type Disambiguation = "earlier" | "later";

const DEFAULT_ZONE = "UTC";

export function wallAt(moment: Timestamp, timezone: string | null): Wall {
  if (isUtc(timezone)) return moment;
  const zoned = Temporal.Instant.fromEpochMilliseconds(Math.floor(moment / 1000)).toZonedDateTimeISO(
    zone(timezone),
  );
  return moment + zoned.offsetNanoseconds / 1000;
}

export function momentAt(wall: Wall, timezone: string | null, disambiguation: Disambiguation): Timestamp {
  if (isUtc(timezone)) return wall as Timestamp; // the clocks of UTC show the moment itself
  const milliseconds = Math.floor(wall / 1000);
  const zoned = Temporal.Instant.fromEpochMilliseconds(milliseconds)
    .toZonedDateTimeISO(DEFAULT_ZONE)
    .toPlainDateTime()
    .toZonedDateTime(zone(timezone), { disambiguation });
  return (zoned.epochMilliseconds * 1000 + (wall - milliseconds * 1000)) as Timestamp; // both in microseconds
}

function isUtc(timezone: string | null): boolean {
  return zone(timezone) === DEFAULT_ZONE;
}

function zone(timezone: string | null): string {
  return timezone || DEFAULT_ZONE;
}
