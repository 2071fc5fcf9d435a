/** `POST /ui/schemas/validate`: what is wrong with values, as a tree along their properties and indexes. */
import type { JsonObject, SchemaValueError, SchemaValuesValidationResponse } from "@sluice/schemas";
import { unprocessable } from "../../commands/errors.ts";
import { findValueProblems, UnusableSchemaError, type ValueProblem } from "../../commands/schema-values.ts";

/** @throws Refusal unprocessable when the schema itself can't be used */
export function validateValues(schema: JsonObject, values: JsonObject): SchemaValuesValidationResponse {
  const errors = problemTree(findProblems(schema, values));
  return { errors, valid: errors.length === 0 };
}

function findProblems(schema: JsonObject, values: JsonObject): ValueProblem[] {
  try {
    return findValueProblems(schema, values);
  } catch (error) {
    if (error instanceof UnusableSchemaError) throw unprocessable(error.message);
    throw error;
  }
}

/** Problems under the property or index they belong to; those of the whole value stay at the top. */
export function problemTree(problems: readonly ValueProblem[]): SchemaValueError[] {
  const root: SchemaValueError[] = [];
  for (const { path, message } of problems) {
    let level = root;
    for (const part of path) level = branchOf(level, part);
    level.push(message);
  }
  return root;
}

function branchOf(level: SchemaValueError[], part: string | number): SchemaValueError[] {
  for (const entry of level) {
    if (typeof entry === "string") continue;
    if (("property" in entry ? entry.property : entry.index) === part) return entry.errors;
  }
  const errors: SchemaValueError[] = [];
  level.push(typeof part === "number" ? { index: part, errors } : { property: part, errors });
  return errors;
}
