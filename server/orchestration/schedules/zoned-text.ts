import { formatTimestamp, type Timestamp } from "@sluice/schemas";
import { wallAt } from "./wall-clock.ts";

/** A moment as a zone's clock shows it, with its offset: `2026-11-23 09:00:00-05:00`. */
export function zonedText(moment: Timestamp, timezone: string | null): string {
  const wall = wallAt(moment, timezone);
  const minutes = Math.round((wall - moment) / 60_000_000);
  const sign = minutes < 0 ? "-" : "+";
  const digits = (value: number): string => String(value).padStart(2, "0");
  const offset = `${digits(Math.trunc(Math.abs(minutes) / 60))}:${digits(Math.abs(minutes) % 60)}`;
  // The wall's clock as if it were UTC's.
  const text = formatTimestamp(wall as Timestamp)
    .replace("T", " ")
    .replace("Z", "");
  return `${text}${sign}${offset}`;
}
