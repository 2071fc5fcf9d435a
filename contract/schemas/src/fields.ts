/** Kinds of field that several resources share. */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";

/** Any JSON object; kept as sent, never walked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Free-form key/value labels of a resource (not the labels of an event's resource, which are all strings). */
export type Labels = Readonly<Record<string, string | number | boolean>>;

/** Any JSON object. A check instead of `z.record`, which would copy every key of every payload. */
export function jsonObject() {
  return z
    .custom<JsonObject>(isJsonObject, {
      message: "Input should be a valid dictionary",
      params: { type: "dict_type" },
    })
    .meta(documentedAs({ type: "object", additionalProperties: true }));
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An optional field of a create body: absent and null both become null. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().default(null);
}

/** Tags keep their order and their duplicates, as sent. */
export const tags = z.array(z.string());

const labelValues = z.record(z.string(), z.union([z.boolean(), z.number(), z.string()]));

/** Labels in a request: absent and null mean none. */
export const labelsInput = labelValues.nullish().transform((labels): Labels => labels ?? {});

/** Labels in a response. */
export const labelsOutput = labelValues;

/** Characters that names in URLs may not have. */
const BANNED_NAME_CHARACTERS = /^[^/%&><]+$/;

/** A name that is also a path segment: not empty, without `/ % & > <`. */
export const pathName = z.string().regex(BANNED_NAME_CHARACTERS);

/**
 * A run's name in a create body. Absent, null and empty all become null: the command that creates the run then invents
 * one, because a schema has no randomness.
 */
export const runNameInput = z
  .string()
  .nullish()
  .transform((name) => name || null)
  .meta(documentedAs({ type: "string" }));

/** A length of time in a response: a float of seconds. */
export const secondsOutput = z.number();

/** A whole number, bounded to what JavaScript and both databases keep exactly. */
export const integer = z.int();
