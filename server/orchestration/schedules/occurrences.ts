/** When a schedule fires: pure, and the same for every caller (protocol section 5.2). */
import type { Schedule, Timestamp } from "@sluice/schemas";
import { cronOccurrences } from "./cron-occurrences.ts";
import { intervalOccurrences } from "./interval-occurrences.ts";
import { recurrenceOccurrences } from "./recurrence-occurrences.ts";

/** How many dates of one schedule are looked at in one go; ends what would never come to an end. */
const MAXIMUM_CANDIDATES = 1000;

export interface OccurrenceRange {
  readonly from: Timestamp;
  /** The last moment that counts; null: no end. */
  readonly to: Timestamp | null;
  /** How many moments at most. */
  readonly limit: number;
}

/** The moments of a schedule in a range, each once, in the order in which its clock shows them. */
export function* occurrences(schedule: Schedule, { from, to, limit }: OccurrenceRange): Generator<Timestamp> {
  const seen = new Set<Timestamp>();
  let candidates = 0;
  for (const moment of candidatesOf(schedule, from)) {
    if (to !== null && moment > to) return;
    if (!seen.has(moment)) {
      seen.add(moment);
      yield moment;
    }
    if (seen.size >= limit || candidates > MAXIMUM_CANDIDATES) return;
    candidates += 1;
  }
}

function candidatesOf(schedule: Schedule, from: Timestamp): Generator<Timestamp> {
  if ("interval" in schedule) return intervalOccurrences(schedule, from);
  if ("cron" in schedule) return cronOccurrences(schedule, from);
  return recurrenceOccurrences(schedule, from);
}
