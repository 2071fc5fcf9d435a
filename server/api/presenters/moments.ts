/** Moments on the wire. */
import { formatTimestamp, type Timestamp } from "@sluice/schemas";

export function momentOrNull(moment: Timestamp | null): string | null {
  return moment === null ? null : formatTimestamp(moment);
}
