/** Variables: small named values that flows and deployments read (protocol section 9.2). */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";
import { tags } from "./fields.ts";
import { idOutput, type VariableId } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

export const MAXIMUM_VARIABLE_NAME_LENGTH = 255;
/** Of the value's JSON, in bytes. */
export const MAXIMUM_VARIABLE_VALUE_LENGTH = 5000;

export interface Variable {
  readonly id: VariableId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** Unique in its workspace. */
  readonly name: string;
  /** Any JSON. */
  readonly value: unknown;
  readonly tags: readonly string[];
}

const variableName = z
  .string()
  .refine((name) => /^[a-z0-9_-]*$/.test(name), {
    message: "Variable name must only contain lowercase letters, numbers, and dashes or underscores.",
    abort: true,
  })
  .refine((name) => name.length <= MAXIMUM_VARIABLE_NAME_LENGTH, {
    message: `Value should have at most ${MAXIMUM_VARIABLE_NAME_LENGTH} items after validation`,
    params: { type: "too_long" },
  })
  .meta(documentedAs({ type: "string", maxLength: MAXIMUM_VARIABLE_NAME_LENGTH }));

const ANY_VALUE = documentedAs({
  anyOf: [
    { type: "string" },
    { type: "integer" },
    { type: "boolean" },
    { type: "number" },
    { type: "object", additionalProperties: true },
    { type: "array", items: {} },
    { type: "null" },
  ],
});

const variableValue = z
  .unknown()
  .check(({ value, issues }) => {
    if (value === undefined) issues.push({ code: "custom", input: value });
    else if (jsonLength(value) > MAXIMUM_VARIABLE_VALUE_LENGTH) {
      const message = `Variable value must be less than ${MAXIMUM_VARIABLE_VALUE_LENGTH} characters`;
      issues.push({ code: "custom", input: value, message });
    }
  })
  .meta(ANY_VALUE);

function jsonLength(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** `POST /variables/`. */
export const variableCreate = z
  .strictObject({ name: variableName, value: variableValue, tags: tags.default([]) })
  .meta({ id: "VariableCreate" });
export type VariableCreate = z.output<typeof variableCreate>;

/** `PATCH /variables/…`: only keys that are present are written; a new name renames. */
export const variableUpdate = z
  .strictObject({
    name: variableName.nullable().optional(),
    value: variableValue.optional(),
    tags: tags.nullable().optional(),
  })
  .meta({ id: "VariableUpdate" });
export type VariableUpdate = z.output<typeof variableUpdate>;

export const variableResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: z.string().max(MAXIMUM_VARIABLE_NAME_LENGTH),
    value: z.unknown().meta(ANY_VALUE),
    tags,
  })
  .meta({ id: "Variable" });
export type VariableResponse = z.output<typeof variableResponse>;
