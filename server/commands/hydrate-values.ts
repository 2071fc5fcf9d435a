/**
 * Values as forms send them: objects marked with `__prefect_kind` stand for the value they lead to (protocol section
 * 5.10). Kinds: `none` (the value as it is), `json` (the value is JSON text), `workspace_variable` (the value of a
 * variable) and `jinja` (a template); any other kind stands for its `value`.
 */
import { isJsonObject, type JsonObject } from "@sluice/schemas";

/** A marked object that can't be turned into its value. */
export class HydrationError extends Error {
  override readonly name = "HydrationError";
}

/** The values of variables by name. */
export type VariableValues = ReadonlyMap<string, unknown>;

/** Stands for "leave this out of what contains it". */
const REMOVED = Symbol("removed");

/** @throws HydrationError */
export function hydrateValues(values: JsonObject, variables: VariableValues = new Map()): unknown {
  const hydrated = new Hydration(variables).hydrate(values);
  return hydrated === REMOVED ? {} : hydrated;
}

/** The names of the variables that values refer to, each once. */
export function variablesIn(values: unknown): string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isJsonObject(value)) {
      const { __prefect_kind: kind, variable_name: name } = value;
      if (kind === "workspace_variable" && typeof name === "string") names.add(name);
      for (const item of Object.values(value)) visit(item);
    }
  };
  visit(values);
  return [...names];
}

class Hydration {
  readonly #variables: VariableValues;

  constructor(variables: VariableValues) {
    this.#variables = variables;
  }

  hydrate(value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((item) => this.hydrate(item)).filter((item) => item !== REMOVED);
    }
    if (!isJsonObject(value)) return value;
    if ("__prefect_kind" in value) return this.#hydrateMarked(value);
    const entries = Object.entries(value).map(([key, item]) => [key, this.hydrate(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== REMOVED));
  }

  #hydrateMarked(marked: JsonObject): unknown {
    switch (marked["__prefect_kind"]) {
      case "none":
        if (!("value" in marked)) throw new HydrationError("Missing 'value' key in __prefect object");
        return this.hydrate(marked["value"]);
      case "json":
        return "value" in marked ? this.#hydrateJson(marked["value"]) : REMOVED;
      case "workspace_variable":
        return "variable_name" in marked ? this.#variable(this.hydrate(marked["variable_name"])) : REMOVED;
      case "jinja":
        return "template" in marked ? renderPlain(this.hydrate(marked["template"])) : REMOVED;
      default:
        return marked["value"] ?? null;
    }
  }

  #variable(name: unknown): unknown {
    if (typeof name === "string" && this.#variables.has(name)) return this.#variables.get(name);
    throw new HydrationError(`Variable '${String(name)}' not found in workspace.`);
  }

  #hydrateJson(value: unknown): unknown {
    const text = isJsonObject(value) ? this.hydrate(value) : value;
    if (typeof text !== "string") return text;
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new HydrationError(`Invalid JSON: ${detail}`, { cause: error });
    }
  }
}

/** What opens an expression, a statement or a comment of a template. */
const TEMPLATE_MARK = /\{[{%#]/;

/** A template without marks is its own result; one with marks needs an engine that this server does not have. */
function renderPlain(template: unknown): unknown {
  if (typeof template !== "string" || !TEMPLATE_MARK.test(template)) return template;
  throw new HydrationError("Invalid jinja: templates with expressions can't be rendered here");
}
