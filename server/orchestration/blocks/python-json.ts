/** JSON text exactly as Python's json module writes it with sorted keys: what checksums are computed of. */
import { isRawNumber } from "@sluice/schemas";

/** Of a value read with `parseExactJson`; keys at every level in the order of their code points. */
export function pythonJson(value: unknown): string {
  if (isRawNumber(value)) return pythonNumber(value.rawJSON);
  if (typeof value === "number") return pythonNumber(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .toSorted(([left], [right]) => compareCodePoints(left, right))
      .map(([key, item]) => `${pythonString(key)}: ${pythonJson(item)}`);
    return `{${members.join(", ")}}`;
  }
  return typeof value === "string" ? pythonString(value) : JSON.stringify(value);
}

/** All but printable ASCII is escaped; a character beyond the basic plane as its two halves. */
function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Where Python changes to the spelling with an exponent. */
const LARGE = 1e16;
const SMALL = 1e-4;

/** A number's JSON text as Python prints what it reads: whole numbers of any length, all others as 64-bit floats. */
export function pythonNumber(token: string): string {
  if (!/[.e]/i.test(token)) return BigInt(token).toString();
  const value = Number(token);
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const size = Math.abs(value);
  if (size !== 0 && (size >= LARGE || size < SMALL)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

function compareCodePoints(left: string, right: string): number {
  const rest = right[Symbol.iterator]();
  for (const character of left) {
    const other = rest.next();
    if (other.done) return 1;
    const difference = codePoint(character) - codePoint(other.value);
    if (difference !== 0) return difference;
  }
  return rest.next().done ? 0 : -1;
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
