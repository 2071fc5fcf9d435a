/** Checks a value against a JSON Schema that a flow brought along (draft 2020-12, as pydantic writes it). */
import { isJsonObject, type JsonObject } from "@sluice/schemas";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";

/** Why `value` does not fit `schema`, in words for the person who sent it; null when it does. */
export function schemaProblem(value: unknown, schema: JsonObject): string | null {
  try {
    // Schemas are strangers: nothing of one may be remembered for the next, and unknown words are not errors.
    const ajv = new Ajv2020({ strict: false, validateFormats: false, addUsedSchema: false, logger: false });
    const validate = ajv.compile(withNullableOptionals(schema));
    if (validate(value)) return null;
    return describe(validate.errors?.[0]);
  } catch (error) {
    if (error instanceof RangeError) {
      return "Invalid schema: Unable to validate schema with circular references.";
    }
    return `Validation failed. Failure reason: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function describe(error: ErrorObject | undefined): string {
  const field = (error?.instancePath ?? "").split("/").filter(Boolean).join(".");
  const where = field === "" ? "Validation failed." : `Validation failed for field '${field}'.`;
  return `${where} Failure reason: ${error?.message ?? "unknown"}`;
}

const HOMES_OF_MODELS = ["definitions", "$defs"] as const;

/** A field that is neither required nor has a default may be null: older pydantic schemas do not say so. */
function withNullableOptionals(schema: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...schema };
  const { properties } = schema;
  if (isJsonObject(properties)) {
    const required = Array.isArray(schema.required) ? schema.required : [];
    result.properties = mapValues(properties, (field, name) =>
      nullableUnless(required.includes(name), field),
    );
  }
  for (const home of HOMES_OF_MODELS) {
    const models = schema[home];
    if (isJsonObject(models)) {
      result[home] = mapValues(models, (model) =>
        isJsonObject(model) ? withNullableOptionals(model) : model,
      );
    }
  }
  return result;
}

function nullableUnless(isRequired: boolean, field: unknown): unknown {
  if (!isJsonObject(field)) return field;
  const { type, ...rest } = withNullableOptionals(field);
  if (type === undefined) return rest;
  if (isRequired || type === "null" || "default" in rest) return { type, ...rest };
  return { ...rest, anyOf: [{ type }, { type: "null" }] };
}

function mapValues(
  object: JsonObject,
  map: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
