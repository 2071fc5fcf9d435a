/**
 * Tokens of the next page of events. A token carries the whole query, so that a page costs the server no memory; it
 * is checked like any other input when it comes back.
 */
import { type EventFilter, eventFilter, formatTimestamp, MAXIMUM_EVENT_PAGE_SIZE } from "@sluice/schemas";
import { z } from "zod";
import type { EventFilter as StoredEventFilter } from "../store/events.ts";

export interface EventPageToken {
  readonly filter: EventFilter;
  /** How many events matched when the first page was read. */
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

const token = z.strictObject({
  filter: eventFilter,
  total: z.int().min(0),
  limit: z.int().min(1).max(MAXIMUM_EVENT_PAGE_SIZE),
  offset: z.int().min(1),
});

/** Moments go as text: the token is read by the contract's schema, whose numbers are seconds. */
export function encodePageToken({
  filter,
  ...position
}: Omit<EventPageToken, "filter"> & { readonly filter: StoredEventFilter }): string {
  const occurred = {
    since: formatTimestamp(filter.occurred.since),
    until: formatTimestamp(filter.occurred.until),
  };
  return Buffer.from(JSON.stringify({ filter: { ...filter, occurred }, ...position })).toString("base64url");
}

/** Null for anything that this server did not make. */
export function decodePageToken(text: string): EventPageToken | null {
  try {
    const parsed = token.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
