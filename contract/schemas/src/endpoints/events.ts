/** Endpoints of events. The sockets `/events/in` and `/events/out` are in protocol section 7.5. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import {
  countable,
  eventCountRequest,
  eventCountResponse,
  eventPageRequest,
  eventPageResponse,
} from "../event-reads.ts";
import { eventInput } from "../events.ts";

const tag = "Events";

export const eventEndpoints = {
  createEvents: endpoint({
    operationId: "createEvents",
    method: "POST",
    path: "/events",
    tag,
    summary: "Keep events; those whose id is known are ignored",
    body: z.array(eventInput),
    statuses: [204],
  }),
  readEvents: endpoint({
    operationId: "readEvents",
    method: "POST",
    path: "/events/filter",
    tag,
    summary: "The first page of the events that match",
    body: eventPageRequest,
    bodyOptional: true,
    statuses: [200],
    response: eventPageResponse,
  }),
  readEventsPage: endpoint({
    operationId: "readEventsPage",
    method: "GET",
    path: "/events/filter/next",
    tag,
    summary: "The page that a token stands for; 403 for a token that the server did not make",
    query: z.object({ "page-token": z.string() }),
    statuses: [200],
    response: eventPageResponse,
  }),
  countEvents: endpoint({
    operationId: "countEvents",
    method: "POST",
    path: "/events/count-by/{countable}",
    tag,
    summary: "Count events by day, slice of time, name or resource",
    params: z.object({ countable }),
    body: eventCountRequest,
    statuses: [200],
    response: z.array(eventCountResponse),
  }),
};
