/** Events between the wire and the store. */
import {
  eventInput,
  formatTimestamp,
  type ReceivedEventResponse,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import type { z } from "zod";
import type { StoredEvent } from "../store/events.ts";
import { storableJson } from "./storable-text.ts";

export type EventInput = z.output<typeof eventInput>;

/** An event that passed the contract's schema, as the store keeps it. */
export function receivedEvent(event: EventInput, workspaceId: WorkspaceId, received: Timestamp): StoredEvent {
  return {
    id: event.id,
    workspace_id: workspaceId,
    occurred: event.occurred,
    received,
    event: event.event,
    resource: event.resource,
    related: event.related,
    payload: event.payload,
    follows: event.follows,
  };
}

/** Checks an event against the contract. `source` is the JSON it came from. */
export function parseEvent(value: unknown, source: string): z.ZodSafeParseResult<EventInput> {
  return eventInput.safeParse(storableJson(value, source));
}

/** An event as clients get it: `ReceivedEvent` of the contract. */
export function presentEvent(event: StoredEvent): ReceivedEventResponse {
  return {
    occurred: formatTimestamp(event.occurred),
    event: event.event,
    // The store keeps what the schema let in: the required labels are there.
    resource: event.resource as ReceivedEventResponse["resource"],
    related: event.related as ReceivedEventResponse["related"],
    payload: event.payload,
    id: event.id,
    follows: event.follows,
    received: formatTimestamp(event.received),
  };
}
