/** Reads the stored events of a filter one after the other, oldest first, however many there are. */
import type { EventId, Timestamp, WorkspaceId } from "@sluice/schemas";
import type { EventFilter, EventReads, StoredEvent } from "../store/events.ts";

const PAGE_SIZE = 250;

/**
 * Pages by moment, so that the last page costs what the first does: each page begins at the moment of the last event
 * before it and leaves out those of that moment that were read. An event that arrives meanwhile with an earlier moment
 * is not read; the caller's subscription has it.
 */
export async function* storedEventsAscending(
  events: Pick<EventReads, "list">,
  workspaceId: WorkspaceId,
  filter: EventFilter,
): AsyncGenerator<StoredEvent, void> {
  let since: Timestamp = filter.occurred.since;
  let readAtSince = new Set<EventId>();
  for (;;) {
    const page = await events.list(workspaceId, {
      filter: { ...filter, occurred: { since, until: filter.occurred.until }, order: "ASC" },
      limit: PAGE_SIZE,
      offset: readAtSince.size,
    });
    for (const event of page) {
      if (event.occurred > since) {
        since = event.occurred;
        readAtSince = new Set();
      }
      if (readAtSince.has(event.id)) continue;
      readAtSince.add(event.id);
      yield event;
    }
    if (page.length < PAGE_SIZE) return;
  }
}
