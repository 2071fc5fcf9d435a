/** One log line is at most 1 MB on the wire (protocol section 9.5). */
import type { LogBody } from "./wire.ts";

const MAX_LOG_BYTES = 1_000_000;
const TRUNCATED = "... [truncated]";
/** Room for the other fields. */
const OTHER_FIELDS_BYTES = 1000;
/** A UTF-16 unit is at most six bytes of JSON, as `\u0000`. */
const MOST_BYTES_PER_UNIT = 6;

/** The record, its message cut if need be. */
export function truncateLog(record: LogBody): LogBody {
  const { message } = record;
  const room = MAX_LOG_BYTES - OTHER_FIELDS_BYTES - record.name.length * MOST_BYTES_PER_UNIT;
  if (message.length * MOST_BYTES_PER_UNIT <= room) return record;
  const bytes = Buffer.byteLength(JSON.stringify(message));
  if (bytes <= room) return record;
  // In proportion to what the message takes; a message whose end is heavier than its start is cut again.
  const kept = message.slice(0, Math.floor((message.length * (room - TRUNCATED.length)) / bytes));
  return truncateLog({ ...record, message: kept.toWellFormed() + TRUNCATED });
}
