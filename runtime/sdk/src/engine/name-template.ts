/** Names of runs that are made from their parameters: `"hello-{name}"`, `"load-{customer.id}"`. */
import { DefinitionError } from "../errors.ts";

/** A template over parameters, or a function of them. */
export type RunNameTemplate = string | ((parameters: Readonly<Record<string, unknown>>) => string);

/**
 * The run's name. `{{` and `}}` stand for single braces.
 * @throws DefinitionError when the template names a parameter that isn't there, or the function gives no string
 */
export function renderRunName(
  template: RunNameTemplate,
  parameters: Readonly<Record<string, unknown>>,
): string {
  if (typeof template === "function") {
    const name: unknown = template(parameters);
    if (typeof name === "string") return name;
    throw new DefinitionError(`A run name function must return a string, got ${typeof name}.`);
  }
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (match, path: string | undefined) => {
    if (path === undefined) return match.charAt(0);
    return textOf(valueAt(template, parameters, path.trim()));
  });
}

function valueAt(template: string, parameters: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = parameters;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !(key in value)) {
      const known = Object.keys(parameters).join(", ") || "none";
      throw new DefinitionError(
        `Run name template '${template}' needs {${path}}, which is not among the parameters (${known}).`,
      );
    }
    value = (value as Record<string, unknown>)[key]; // checked to be an object with this key
  }
  return value;
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}
