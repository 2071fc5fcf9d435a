/** What an update has changed, as `….updated` events tell it (protocol section 7.3). */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "@sluice/schemas";

/** The payload of an update's event; null when none of the fields has another value. */
export function changedFields<Row extends object, Field extends keyof Row & string>(
  before: Row,
  changes: Partial<Row>,
  fields: readonly Field[],
): JsonObject | null {
  const changed = fields.filter(
    (field) => changes[field] !== undefined && !isDeepStrictEqual(before[field], changes[field]),
  );
  if (changed.length === 0) return null;
  const updates = changed.map((field) => [field, { from: before[field], to: changes[field] }] as const);
  return { updated_fields: changed, updates: Object.fromEntries(updates) };
}
