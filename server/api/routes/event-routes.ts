import {
  type EventFilter,
  endpoints,
  eventFilter,
  eventWindow,
  formatTimestamp,
  type Timestamp,
} from "@sluice/schemas";
import { Refusal, unprocessable } from "../../commands/errors.ts";
import { countEvents } from "../../events/event-counts.ts";
import { type EventPage, readEventPage } from "../../events/event-pages.ts";
import { decodePageToken } from "../../events/page-token.ts";
import type { EventFilter as StoredEventFilter } from "../../store/events.ts";
import type { Call } from "../edge/call.ts";
import { json, noContent } from "../edge/reply.ts";
import { type Route, route } from "../edge/route.ts";
import { presentEvent } from "../presenters/event-presenter.ts";
import type { ApiServices } from "../services.ts";

export function eventRoutes({ context, intake }: ApiServices): Route[] {
  const { events } = context.store.reads;
  return [
    route(endpoints.createEvents, async ({ body }, call) => {
      await intake.addEvents(call, body);
      return noContent();
    }),
    route(endpoints.readEvents, async ({ body }, call) => {
      const filter = storedFilter(body.filter ?? eventFilter.parse({}), context.now());
      const position = { limit: body.limit, offset: 0, total: null };
      return json(presentPage(await readEventPage(events, call.workspace_id, filter, position), call));
    }),
    route(endpoints.readEventsPage, async ({ query }, call) => {
      const token = decodePageToken(query["page-token"]);
      if (!token) throw new Refusal("forbidden", "Forbidden");
      const filter = storedFilter(token.filter, context.now());
      return json(presentPage(await readEventPage(events, call.workspace_id, filter, token), call));
    }),
    route(endpoints.countEvents, async ({ params, body }, call) => {
      const now = context.now();
      const filter = storedFilter(body.filter, now);
      const counts = await countEvents(events, call.workspace_id, { ...body, ...params, filter }, now);
      if ("problem" in counts) throw unprocessable(counts.problem);
      return json(
        counts.map((count) => ({
          ...count,
          start_time: formatTimestamp(count.start_time),
          end_time: formatTimestamp(count.end_time),
        })),
      );
    }),
  ];
}

function storedFilter(filter: EventFilter, now: Timestamp): StoredEventFilter {
  return { ...filter, occurred: eventWindow(filter, now) };
}

function presentPage({ events, total, nextToken }: EventPage, call: Call) {
  return {
    events: events.map(presentEvent),
    total,
    next_page: nextToken === null ? null : `${call.api_url}/events/filter/next?page-token=${nextToken}`,
  };
}
