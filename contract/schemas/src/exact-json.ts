/**
 * JSON whose numbers keep their spelling. Where somebody else hashes a text, `1.0` and `1` are two things, and a whole
 * number of twenty digits is not the nearest one that JavaScript has (protocol section 10, trap 53).
 */
import type { JsonObject } from "./fields.ts";

/** A number kept as its text: JSON.stringify writes it back as it was. It has no prototype, and one key. */
export interface RawNumber {
  readonly rawJSON: string;
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

interface JsonWithSource {
  readonly parse: (text: string, reviver: Reviver) => unknown;
  readonly rawJSON: (text: string) => RawNumber;
  readonly isRawJSON: (value: unknown) => value is RawNumber;
}

// Node has them; TypeScript's library of ECMAScript does not declare them yet.
const { parse, rawJSON, isRawJSON } = JSON as unknown as JsonWithSource;

/** Like JSON.parse, but a number that JSON.stringify would write differently becomes a {@link RawNumber}. */
export function parseExactJson(text: string): unknown {
  return parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && source !== JSON.stringify(value)
      ? rawJSON(source)
      : value,
  );
}

export function isRawNumber(value: unknown): value is RawNumber {
  return isRawJSON(value);
}

/** An object with keys: no array, no null, and no number that is kept as its text. */
export function isExactObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRawJSON(value);
}
