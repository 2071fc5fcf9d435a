/**
 * Checks values against a JSON Schema that a user wrote (flow parameters, resume forms): draft 2020-12, with the two
 * habits of older generators that stock clients still send (optional properties may be null, tuples as `items`).
 */
import type { JsonObject } from "@sluice/schemas";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { pythonText } from "./python-text.ts";

/** One complaint: where, as property names and indexes, and what. */
export interface ValueProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The schema itself can't be used; the message says why. */
export class UnusableSchemaError extends Error {
  override readonly name = "UnusableSchemaError";
}

/** @throws UnusableSchemaError */
export function findValueProblems(schema: JsonObject, values: unknown): ValueProblem[] {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    verbose: true,
    validateFormats: false,
    logger: false,
  });
  let validate: ReturnType<typeof ajv.compile>;
  try {
    validate = ajv.compile(withOldHabits(schema));
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
  return outermost(validate.errors ?? []).map((error) => toProblem(error, values));
}

/** Of a failed `anyOf` only the failure itself counts, not why each branch failed. */
function outermost(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  return errors.filter(
    (error) =>
      !choices.some((choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`)),
  );
}

function toProblem(error: ErrorObject, root: unknown): ValueProblem {
  const path = instancePath(error.instancePath, root);
  if (error.keyword === "required") path.push(String(error.params["missingProperty"]));
  return { path, message: problemText(error) };
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

type Schema = Record<string, unknown>;

function withOldHabits(schema: JsonObject): Schema {
  const copy = structuredClone(schema) as Schema; // a copy is ours to change
  repairProperties(copy);
  const { definitions } = copy;
  if (isObject(definitions))
    for (const definition of Object.values(definitions)) repairProperties(definition);
  return copy;
}

function repairProperties(schema: unknown): void {
  if (!isObject(schema) || !isObject(schema["properties"])) return;
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  for (const [name, property] of Object.entries(schema["properties"])) {
    if (!isObject(property)) continue;
    allowNull(property, required.includes(name));
    if (Array.isArray(property["items"]) && !property["prefixItems"]) {
      property["prefixItems"] = property["items"];
      delete property["items"];
    }
    repairProperties(property);
  }
}

function allowNull(property: Schema, isRequired: boolean): void {
  if (isRequired || !("type" in property) || property["type"] === "null" || "default" in property) return;
  property["anyOf"] = [{ type: property["type"] }, { type: "null" }];
  delete property["type"];
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
