/** Whether the defaults of a base job template fit its own variables (protocol section 5.4). */
import { isJsonObject, type JsonObject, templateDefaults } from "@sluice/schemas";
import { unprocessable } from "./errors.ts";
import { schemaProblem } from "./schema-values.ts";

const MAPS_OF_SCHEMAS: readonly string[] = ["properties", "definitions", "$defs"];
/** What a default need not fulfil: others may be required beside it, and null stands for "not given" in any variable. */
const LEFT_OUT: readonly string[] = ["required", "default"];

/** @throws Refusal unprocessable */
export function refuseUnfitDefaults(template: JsonObject): void {
  const { variables } = template;
  if (!isJsonObject(variables)) return;
  // A reference stands for a block's data, which is only there when a worker asks for it.
  const defaults = Object.entries(templateDefaults(template)).filter(([, value]) => !isReference(value));
  const problem = schemaProblem(Object.fromEntries(defaults), relaxed(variables));
  if (problem === null) return;
  if (problem.startsWith("Invalid schema")) throw unprocessable(problem);
  throw unprocessable(`Validation failed for work pool's job variable defaults: ${problem}`);
}

function isReference(value: unknown): boolean {
  return isJsonObject(value) && "$ref" in value;
}

function relaxed(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !LEFT_OUT.includes(key))
      .map(([key, value]) => {
        if (!isJsonObject(value)) return [key, value];
        return [key, MAPS_OF_SCHEMAS.includes(key) ? mapSchemas(value) : relaxed(value)];
      }),
  );
}

function mapSchemas(schemas: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, isJsonObject(schema) ? relaxed(schema) : schema]),
  );
}
