import { formatTimestamp, type ReceivedEventResponse } from "@sluice/schemas";
import type { StoredEvent } from "../../store/events.ts";

export function presentEvent(event: StoredEvent): ReceivedEventResponse {
  return {
    occurred: formatTimestamp(event.occurred),
    event: event.event,
    // The store keeps what the contract's schema let in: the required labels are there.
    resource: event.resource,
    related: event.related as ReceivedEventResponse["related"],
    payload: event.payload,
    id: event.id,
    follows: event.follows,
    received: formatTimestamp(event.received),
  };
}
