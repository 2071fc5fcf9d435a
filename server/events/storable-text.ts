/**
 * Text that both databases can keep. PostgreSQL refuses NUL and lone surrogates in JSON, so one such character would
 * cost the whole event there; it is dropped or replaced instead, the same on both databases.
 */

import { isRawNumber } from "@sluice/schemas";

/** How JSON spells the characters in question; without it a text needs no second look. */
const ESCAPE = "\\u";

/** A JSON value parsed from `source`, with NUL characters left out and lone surrogates replaced by U+FFFD. */
export function storableJson<Value>(value: Value, source: string): Value {
  // Cleaning changes texts, never shapes, so the type stays.
  return source.includes(ESCAPE) ? (clean(value) as Value) : value;
}

/** A text with NUL characters left out and lone surrogates replaced. */
export function storableText(text: string): string {
  const withoutNul = text.includes("\0") ? text.replaceAll("\0", "") : text;
  return withoutNul.isWellFormed() ? withoutNul : withoutNul.toWellFormed();
}

function clean(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), clean(inner)]));
}
