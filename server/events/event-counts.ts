/** `POST /events/count-by/{countable}` (protocol section 7.6). */
import {
  type Countable,
  formatTimestamp,
  type TimeUnit,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import type { EventCount, EventFilter, EventReads } from "../store/events.ts";
import { countSlices, MAX_SLICES, SLICE_ORIGIN, timeSlices } from "./time-slices.ts";

export interface EventCountQuery {
  readonly filter: EventFilter;
  readonly countable: Countable;
  readonly time_unit: TimeUnit;
  readonly time_interval: number;
}

/** The window is too long for slices of that length. */
export interface TooManySlices {
  readonly problem: string;
}

export async function countEvents(
  events: EventReads,
  workspaceId: WorkspaceId,
  query: EventCountQuery,
  now: Timestamp,
): Promise<readonly EventCount[] | TooManySlices> {
  const { filter, countable, time_unit, time_interval } = query;
  const count = countSlices(filter.occurred, time_unit, time_interval);
  if (count > MAX_SLICES) {
    return {
      problem:
        `Slices of ${time_interval} ${time_unit} would be ${count} for this time range; at most ${MAX_SLICES} are ` +
        "answered. Ask for longer slices or a shorter range.",
    };
  }
  switch (countable) {
    case "event":
      return events.countByEvent(workspaceId, filter);
    case "resource":
      return events.countByResource(workspaceId, filter);
    case "day":
      return countByTime(events, workspaceId, { ...query, time_unit: "day", time_interval: 1 }, now);
    case "time":
      return countByTime(events, workspaceId, query, now);
  }
}

async function countByTime(
  events: EventReads,
  workspaceId: WorkspaceId,
  { filter, time_unit, time_interval }: EventCountQuery,
  now: Timestamp,
): Promise<EventCount[]> {
  const { first, intervalSeconds, slices } = timeSlices(filter.occurred, time_unit, time_interval, now);
  const counted = await events.countByTime(workspaceId, filter, {
    origin: SLICE_ORIGIN,
    interval_seconds: intervalSeconds,
  });
  const counts = new Map(counted.map(({ bucket, count }) => [bucket, count]));
  return slices.map(({ start, end }, index) => ({
    value: String(index),
    // The one place where the contract shows a moment with an offset instead of `Z`.
    label: formatTimestamp(start).replace("Z", "+00:00"),
    count: counts.get(first + index) ?? 0,
    start_time: start,
    end_time: end,
  }));
}
