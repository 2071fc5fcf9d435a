/** The stretch of time that an event filter covers. */
import type { Timestamp } from "../timestamps.ts";
import type { EventFilter } from "./event-filter.ts";

export interface EventWindow {
  readonly since: Timestamp;
  readonly until: Timestamp;
}

const MICROSECONDS_PER_DAY = 86_400_000_000;
/** How far back a filter looks that does not say since when: whole days before the start of today. */
const DEFAULT_WINDOW_DAYS = 180;

/** The filter's `occurred` with the missing bounds set: since 180 days before today began (UTC), until now. */
export function eventWindow(filter: Pick<EventFilter, "occurred">, now: Timestamp): EventWindow {
  const startOfToday = now - (now % MICROSECONDS_PER_DAY);
  const earliest = (startOfToday - DEFAULT_WINDOW_DAYS * MICROSECONDS_PER_DAY) as Timestamp; // whole microseconds
  return { since: filter.occurred.since ?? earliest, until: filter.occurred.until ?? now };
}
