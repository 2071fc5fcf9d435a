/** Reads a JSON body, with a bound on its nesting: what is read here is later written by recursive code. */
import { parseExactJson } from "@sluice/schemas";
import { storableJson } from "../../events/storable-text.ts";
import { InvalidRequest } from "./invalid-request.ts";

/** Deeper bodies are refused. Real ones stay below 30; V8's JSON.stringify overflows its stack at some thousands. */
export const MAX_JSON_DEPTH = 200;

/**
 * @param exactNumbers numbers keep their spelling
 * @throws InvalidRequest for text that is not JSON or nests deeper than {@link MAX_JSON_DEPTH}
 */
export function readJson(text: string, exactNumbers = false): unknown {
  if (nestsDeeperThan(text, MAX_JSON_DEPTH)) {
    throw badJson(0, `Nested deeper than ${MAX_JSON_DEPTH} levels`, null);
  }
  try {
    return storableJson(exactNumbers ? parseExactJson(text) : (JSON.parse(text) as unknown), text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    throw badJson(position, message, text.slice(0, 1000));
  }
}

function badJson(position: number, reason: string, body: string | null): InvalidRequest {
  const detail = {
    type: "json_invalid",
    loc: ["body", position],
    msg: "JSON decode error",
    input: {},
    ctx: { error: reason },
  };
  return new InvalidRequest([detail], body);
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Counts brackets outside strings; cheaper than the parse that follows it. */
export function nestsDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index + 1);
    else if (code === 123 || code === 91) {
      if (++depth > limit) return true;
    } else if (code === 125 || code === 93) depth--;
  }
  return false;
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(index - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
