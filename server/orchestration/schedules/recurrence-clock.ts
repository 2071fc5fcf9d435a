/** Wall-clock moments of recurrences as text and as numbers. */
import type { WallClock } from "@sluice/schemas";
import type { Wall } from "./wall-clock.ts";

/** The start of a rule that names none. */
export const DEFAULT_START: WallClock = "20200101T000000";

export function wallOf(text: WallClock): Wall {
  const [, year = "", month = "", day = "", hour = "", minute = "", second = ""] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})$/.exec(text) ?? [];
  return Date.UTC(+year, +month - 1, +day, +hour, +minute, +second) * 1000;
}

export function wallText(wall: Wall): WallClock {
  return new Date(Math.floor(wall / 1000)).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
}
