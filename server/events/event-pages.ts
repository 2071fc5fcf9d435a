/** Pages of events, as the event feed reads them (protocol section 7.6). */
import type { WorkspaceId } from "@sluice/schemas";
import type { EventFilter, EventReads, StoredEvent } from "../store/events.ts";
import { encodePageToken } from "./page-token.ts";

export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly total: number;
  /** Null on the last page. */
  readonly nextToken: string | null;
}

export interface EventPagePosition {
  readonly limit: number;
  readonly offset: number;
  /** Known from the first page on. */
  readonly total: number | null;
}

export async function readEventPage(
  events: EventReads,
  workspaceId: WorkspaceId,
  filter: EventFilter,
  { limit, offset, total: knownTotal }: EventPagePosition,
): Promise<EventPage> {
  const [page, total] = await Promise.all([
    events.list(workspaceId, { filter, limit, offset }),
    knownTotal ?? events.count(workspaceId, filter),
  ]);
  const nextOffset = offset + limit;
  const hasMore = limit > 0 && nextOffset < total;
  return {
    events: page,
    total,
    nextToken: hasMore ? encodePageToken({ filter, total, limit, offset: nextOffset }) : null,
  };
}
