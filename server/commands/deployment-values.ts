/** Checks of what deployments and their runs are given: parameters and job variables (protocol sections 5.1 and 5.10). */
import { isJsonObject, type JsonObject } from "@sluice/schemas";
import type { StoreReads } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import { type RefusalCode, Refusal } from "./errors.ts";
import { HydrationError, hydrateValues, variablesIn } from "./hydrate-values.ts";
import { findValueProblems, schemaProblem, type SchemaOptions } from "./schema-values.ts";

/** How the contract refuses parameters in one place. */
export interface ParameterRefusal {
  readonly code: RefusalCode;
  /** Comes before what is wrong. */
  readonly prefix: string;
}

/**
 * Parameters with what their marked objects stand for.
 * @throws HydrationError
 */
export async function hydrateParameters(
  tx: Pick<StoreReads, "variables">,
  { workspace_id }: Pick<Caller, "workspace_id">,
  parameters: JsonObject,
): Promise<JsonObject> {
  const variables = new Map<string, unknown>();
  for (const name of variablesIn(parameters)) {
    const variable = await tx.variables.readByName(workspace_id, name);
    if (variable) variables.set(name, variable.value);
  }
  const hydrated = hydrateValues(parameters, variables);
  if (!isJsonObject(hydrated)) throw new HydrationError("Parameters must be a dictionary");
  return hydrated;
}

/** @throws Refusal as `refusal` says, or unprocessable for a schema that goes round in circles */
export function refuseUnfitParameters(
  parameters: JsonObject,
  schema: JsonObject | null,
  refusal: ParameterRefusal,
  options: SchemaOptions = {},
): void {
  if (schema === null) {
    throw new Refusal(
      "conflict",
      "Error updating deployment: Cannot update parameters because parameter schema enforcement is enabled" +
        " and the deployment does not have a valid parameter schema.",
    );
  }
  const problem = schemaProblem(parameters, schema, options);
  if (problem === null) return;
  if (problem.includes("circular references")) throw new Refusal("unprocessable", problem);
  throw new Refusal(refusal.code, `${refusal.prefix}${problem}`);
}

/**
 * Why layers of job variables over a pool's own defaults don't fit its template; null when they do. Defaults that don't
 * fit themselves are left out, and then nothing is required.
 */
export function jobVariableProblem(
  template: JsonObject,
  layers: readonly JsonObject[],
  { ignoreRequired = false }: Pick<SchemaOptions, "ignoreRequired"> = {},
): string | null {
  const { variables } = template;
  if (!isJsonObject(variables) || Object.keys(variables).length === 0) return null;
  const { defaults, hasUnfit } = usableDefaults(variables);
  const values = Object.assign({}, defaults, ...layers) as JsonObject; // objects on top of an object
  return schemaProblem(values, variables, {
    ignoreRequired: ignoreRequired || hasUnfit,
    allowNullWithDefault: true,
  });
}

function usableDefaults(variables: JsonObject): { defaults: JsonObject; hasUnfit: boolean } {
  const { properties } = variables;
  const given = Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, field]) =>
    isJsonObject(field) && "default" in field && !isReference(field["default"])
      ? [[name, field["default"]] as const]
      : [],
  );
  const all = Object.fromEntries(given);
  const unfit = unfitNames(variables, all);
  const kept = given.filter(([name]) => !unfit.has(name));
  return { defaults: Object.fromEntries(kept), hasUnfit: unfit.size > 0 };
}

function unfitNames(variables: JsonObject, defaults: JsonObject): Set<unknown> {
  const problems = findValueProblems(variables, defaults, { ignoreRequired: true });
  return new Set(problems.map(({ path }) => path[0]));
}

function isReference(value: unknown): boolean {
  return isJsonObject(value) && "$ref" in value;
}
