/** A work pool's base job template: what a worker starts, with variables for what may differ (protocol section 5.7). */
import { isJsonObject, type JsonObject, jsonObject } from "./fields.ts";

const PLACEHOLDER = /\{\{\s*([\p{L}\p{N}_.\-[\]$]+)\s*\}\}/gu;

/** The names in `{{ name }}` placeholders anywhere inside a value, in the order of their first appearance. */
export function placeholderNames(value: unknown): Set<string> {
  const text = JSON.stringify(value) ?? "";
  return new Set([...text.matchAll(PLACEHOLDER)].flatMap(([, name]) => (name === undefined ? [] : [name])));
}

/** Why a template can't be used, in the words that stock clients know; null when it can. `{}` is no template yet. */
export function jobTemplateProblem(template: JsonObject): string | null {
  if (Object.keys(template).length === 0) return null;
  const { job_configuration: configuration, variables } = template;
  if (!isFilledObject(configuration) || !isFilledObject(variables)) {
    return "The `base_job_template` must contain both a `job_configuration` key and a `variables` key.";
  }
  const properties = isJsonObject(variables["properties"]) ? variables["properties"] : {};
  const undeclared = [...placeholderNames(configuration)].filter((name) => !Object.hasOwn(properties, name));
  if (undeclared.length === 0) return null;
  return (
    "The variables specified in the job configuration template must be present as properties in the variables " +
    `schema. Your job configuration uses the following undeclared variable(s): ${undeclared.join(" ,")}.`
  );
}

/** The defaults that a template's variables have, block references included. */
export function templateDefaults(template: JsonObject): JsonObject {
  const variables = template["variables"];
  const properties =
    isJsonObject(variables) && isJsonObject(variables["properties"]) ? variables["properties"] : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) =>
      isJsonObject(schema) && "default" in schema ? [[name, schema["default"]]] : [],
    ),
  );
}

/** A template in a request. */
export const jobTemplateInput = jsonObject().check(({ value, issues }) => {
  const message = isJsonObject(value) ? jobTemplateProblem(value) : null;
  if (message !== null) issues.push({ code: "custom", input: value, message });
});

function isFilledObject(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}
