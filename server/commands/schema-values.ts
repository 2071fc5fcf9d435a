/**
 * Checks values against a JSON Schema that a user wrote (flow parameters, resume forms): draft 2020-12, with the two
 * habits of older generators that stock clients still send (optional properties may be null, tuples as `items`).
 */
import { isJsonObject, type JsonObject } from "@sluice/schemas";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { pythonText } from "./python-text.ts";

/** One complaint: where, as property names and indexes, and what. */
export interface ValueProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** True: the last part of the path is not there and should be. */
  readonly isMissing: boolean;
}

/** The schema itself can't be used; the message says why. */
export class UnusableSchemaError extends Error {
  override readonly name = "UnusableSchemaError";
}

export interface SchemaOptions {
  /** True: nothing has to be there, as where values are given in layers. */
  readonly ignoreRequired?: boolean;
  /** True: an optional property may be null although it has a default. */
  readonly allowNullWithDefault?: boolean;
}

/** @throws UnusableSchemaError */
export function findValueProblems(
  schema: JsonObject,
  values: unknown,
  options: SchemaOptions = {},
): ValueProblem[] {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    verbose: true,
    validateFormats: false,
    logger: false,
  });
  const habits = withOldHabits(schema, options);
  const repaired = options.ignoreRequired ? withoutRequired(habits) : habits;
  if (!ajv.validateSchema(repaired)) {
    const [first] = outermost(ajv.errors ?? []);
    throw new UnusableSchemaError(`Invalid schema: ${first ? problemText(first) : "not a JSON Schema"}`);
  }
  let validate: ReturnType<typeof ajv.compile>;
  try {
    validate = ajv.compile(repaired);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnusableSchemaError(`Invalid schema: ${reason}`, { cause });
  }
  try {
    validate(values);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UnusableSchemaError("Invalid schema: Unable to validate schema with circular references.", {
      cause,
    });
  }
  const problems = outermost(validate.errors ?? []).map((error) => toProblem(error, values));
  // What is wrong with what is there comes before what is not there.
  return problems.toSorted((left, right) => Number(left.isMissing) - Number(right.isMissing));
}

/** Why `value` does not fit `schema`, in words for the person who sent it; null when it does. */
export function schemaProblem(
  value: unknown,
  schema: JsonObject,
  options: SchemaOptions = {},
): string | null {
  try {
    const [problem] = findValueProblems(schema, value, options);
    return problem ? describe(problem) : null;
  } catch (error) {
    if (error instanceof UnusableSchemaError) return error.message;
    throw error;
  }
}

/** A missing property is a complaint about the object it is missing from. */
function describe({ path, message, isMissing }: ValueProblem): string {
  const place = isMissing ? path.slice(0, -1) : path;
  const field = place.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
  const where =
    field === "" ? "Validation failed." : `Validation failed for field '${field.replace(/^\./, "")}'.`;
  return `${where} Failure reason: ${message}`;
}

/** Of a failed `anyOf` only the failure itself counts, not why each branch failed. */
function outermost(errors: readonly ErrorObject[]): ErrorObject[] {
  return errors.filter((error, index) => !errors.slice(index + 1).some((later) => isBranchOf(error, later)));
}

/** True when `error` comes from a branch of the choice that `later` says has failed; a branch may be a reference. */
function isBranchOf(error: ErrorObject, { keyword, instancePath, schemaPath }: ErrorObject): boolean {
  if (keyword !== "anyOf" && keyword !== "oneOf") return false;
  const isInside = error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`);
  const siblings = schemaPath.slice(0, -keyword.length);
  return (
    isInside && (error.schemaPath.startsWith(`${schemaPath}/`) || !error.schemaPath.startsWith(siblings))
  );
}

function toProblem(error: ErrorObject, root: unknown): ValueProblem {
  const path = instancePath(error.instancePath, root);
  const isMissing = error.keyword === "required";
  if (isMissing) path.push(String(error.params["missingProperty"]));
  return { path, message: problemText(error), isMissing };
}

/** A JSON pointer's parts; a part is an index where the value there is a list. */
function instancePath(pointer: string, root: unknown): (string | number)[] {
  const parts = pointer === "" ? [] : pointer.slice(1).split("/");
  let value = root;
  return parts.map((part) => {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const isIndex = Array.isArray(value);
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    return isIndex ? Number(key) : key;
  });
}

/** The words of the validator that stock clients know. */
function problemText({ keyword, data, params, schema, message }: ErrorObject): string {
  const value = pythonText(data);
  switch (keyword) {
    case "required":
      return `'${params["missingProperty"]}' is a required property`;
    case "type":
      return `${value} is not of type ${[schema].flat().map(pythonText).join(", ")}`;
    case "enum":
      return `${value} is not one of ${pythonText(schema)}`;
    case "const":
      return `${pythonText(schema)} was expected`;
    case "anyOf":
    case "oneOf":
      return `${value} is not valid under any of the given schemas`;
    case "additionalProperties":
      return `Additional properties are not allowed ('${params["additionalProperty"]}' was unexpected)`;
    case "minimum":
      return `${value} is less than the minimum of ${pythonText(schema)}`;
    case "maximum":
      return `${value} is greater than the maximum of ${pythonText(schema)}`;
    case "minLength":
    case "minItems":
      return `${value} is too short`;
    case "maxLength":
    case "maxItems":
      return `${value} is too long`;
    case "pattern":
      return `${value} does not match ${pythonText(schema)}`;
    default:
      return message ?? `${value} is not valid`;
  }
}

const HOMES_OF_MODELS = ["definitions", "$defs"] as const;

/** A field that is neither required nor has a default may be null, and a list of `items` is a tuple. */
function withOldHabits(schema: JsonObject, options: SchemaOptions): JsonObject {
  const result: Record<string, unknown> = { ...schema };
  const { properties, required } = schema;
  if (isJsonObject(properties)) {
    const names = Array.isArray(required) ? required : [];
    result["properties"] = mapValues(properties, (field, name) =>
      repairField(field, names.includes(name), options),
    );
  }
  for (const home of HOMES_OF_MODELS) {
    const models = schema[home];
    if (isJsonObject(models)) {
      result[home] = mapValues(models, (model) => repairModel(model, options));
    }
  }
  return result;
}

/** A block may be given by a reference to it instead of by what it holds. */
const BLOCK_REFERENCE = {
  type: "object",
  properties: {
    $ref: {
      oneOf: [
        { type: "string", format: "uuid" },
        { type: "object", additionalProperties: { type: "string" }, minProperties: 1 },
      ],
    },
  },
  required: ["$ref"],
};

function repairModel(model: unknown, options: SchemaOptions): unknown {
  if (!isJsonObject(model)) return model;
  const repaired = withOldHabits(model, options);
  return "block_type_slug" in model ? { oneOf: [repaired, BLOCK_REFERENCE] } : repaired;
}

function withoutRequired(schema: JsonObject): JsonObject {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (!isJsonObject(value)) return value;
    const kept = Object.entries(value).filter(([key, item]) => key !== "required" || !Array.isArray(item));
    return Object.fromEntries(kept.map(([key, item]) => [key, strip(item)]));
  };
  return strip(schema) as JsonObject; // an object stays one
}

function repairField(field: unknown, isRequired: boolean, options: SchemaOptions): unknown {
  if (!isJsonObject(field)) return field;
  const { type, ...rest } = withTupleItems(withOldHabits(field, options));
  if (type === undefined) return rest;
  const keepsType = "default" in rest && !options.allowNullWithDefault;
  if (isRequired || type === "null" || keepsType) return { type, ...rest };
  return { ...rest, anyOf: [{ type }, { type: "null" }] };
}

function withTupleItems(field: JsonObject): JsonObject {
  const { items, ...rest } = field;
  return Array.isArray(items) && !field["prefixItems"] ? { ...rest, prefixItems: items } : field;
}

function mapValues(
  object: JsonObject,
  map: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
