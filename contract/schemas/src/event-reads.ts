/** Reading events over HTTP: pages and counts (protocol section 7.6). */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";
import { receivedEventResponse } from "./events.ts";
import { integer } from "./fields.ts";
import { eventFilter } from "./filters/event-filter.ts";
import { withDefault } from "./request-fields.ts";
import { timestampOutput } from "./timestamps.ts";

/** The largest and default page of events. */
export const MAXIMUM_EVENT_PAGE_SIZE = 50;

export const eventPageRequest = z.object({
  filter: eventFilter.nullish(),
  limit: withDefault(integer.min(0).max(MAXIMUM_EVENT_PAGE_SIZE), MAXIMUM_EVENT_PAGE_SIZE),
});
export type EventPageRequest = z.output<typeof eventPageRequest>;

/** `next_page` is an absolute URL that carries the filter in its token. */
export const eventPageResponse = z
  .object({
    events: z.array(receivedEventResponse),
    total: integer,
    next_page: z
      .string()
      .meta(documentedAs({ type: "string", format: "uri", minLength: 1 }))
      .nullable(),
  })
  .meta({ id: "EventPage" });
export type EventPageResponse = z.output<typeof eventPageResponse>;

/** What events can be counted by. */
export const Countable = { day: "day", time: "time", event: "event", resource: "resource" } as const;
export type Countable = (typeof Countable)[keyof typeof Countable];
export const countable = z.enum(Countable).meta({ id: "Countable" });

export const TimeUnit = {
  week: "week",
  day: "day",
  hour: "hour",
  minute: "minute",
  second: "second",
} as const;
export type TimeUnit = (typeof TimeUnit)[keyof typeof TimeUnit];

const MINIMUM_TIME_INTERVAL = 0.01;

/** The size of a time slice is `time_interval` times `time_unit`. */
export const eventCountRequest = z.object({
  filter: eventFilter,
  time_unit: withDefault(z.enum(TimeUnit).meta({ id: "TimeUnit" }), "day"),
  time_interval: withDefault(z.number().min(MINIMUM_TIME_INTERVAL), 1),
});
export type EventCountRequest = z.output<typeof eventCountRequest>;

export const eventCountResponse = z
  .object({
    /** To filter by: the index of a time slice, the name of an event or the id of a resource. */
    value: z.string(),
    /** To show. */
    label: z.string(),
    count: integer,
    start_time: timestampOutput,
    end_time: timestampOutput,
  })
  .meta({ id: "EventCount" });
export type EventCountResponse = z.output<typeof eventCountResponse>;
