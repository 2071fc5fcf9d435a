/** Events on their way in: from JSON to what the store keeps. */
import { type EventInput, eventInput, type Timestamp, type WorkspaceId } from "@sluice/schemas";
import type { z } from "zod";
import type { StoredEvent } from "../store/events.ts";
import { storableJson } from "./storable-text.ts";

/** Checks a value against the contract's event. `source` is the JSON text it was read from. */
export function parseEvent(value: unknown, source: string): z.ZodSafeParseResult<EventInput> {
  return eventInput.safeParse(storableJson(value, source));
}

/** An event of the contract as the store keeps it. */
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
