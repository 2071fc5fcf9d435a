/** The criteria that filters are made of; all are closed, so that a misspelt one is refused instead of ignored. */
import { z } from "zod";
import { idSchema } from "../ids.ts";
import { timestampInput } from "../timestamps.ts";

/** How the criteria of one filter join. */
export const Operator = { and_: "and_", or_: "or_" } as const;
export type Operator = (typeof Operator)[keyof typeof Operator];

export const operatorField = z.enum(Operator).meta({ id: "Operator" }).default("and_");

export const strings = z.array(z.string()).nullish();
export const flag = z.boolean().nullish();
export const moment = timestampInput.nullish();

export function ids<Kind extends string>() {
  return z.array(idSchema<Kind>()).nullish();
}

/** A case-insensitive substring. */
export const like = z.string().nullish();

/** Bounds are inclusive. */
export const momentRange = { before_: moment, after_: moment };

/** The longest text search; a longer one is refused. */
export const MAXIMUM_TEXT_QUERY_LENGTH = 200;

/** Space-separated terms: OR of words, `"a phrase"`, `-without`, `+with` (protocol section 7.6). */
export const textQuery = { query: z.string().max(MAXIMUM_TEXT_QUERY_LENGTH) };
