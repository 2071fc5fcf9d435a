/** Reads the JSON of an answer. */
import { UnexpectedAnswer } from "../errors.ts";

/** @throws UnexpectedAnswer */
export function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnexpectedAnswer(
      `${url} answered with something other than JSON: ${shorten(text)}. ` +
        "Check that SLUICE_API_URL is the root of an API (it usually ends in /api).",
      { cause },
    );
  }
}

/** The start of a text, quoted, for messages. */
export function shorten(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
