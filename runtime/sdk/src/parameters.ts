/** Parameters of flows: checked by any Standard Schema, described by JSON Schema, sent as JSON. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { Annotation } from "./annotations.ts";
import { DefinitionError, describeError, ParameterTypeError } from "./errors.ts";
import { RunFuture } from "./futures.ts";
import { State } from "./states.ts";

/** A schema of zod, valibot, arktype or any other library that follows the Standard Schema specification. */
export type ParameterSchema = StandardSchemaV1<unknown, object>;

/**
 * The parameters as the schema makes them: coerced, defaults filled in.
 * @throws ParameterTypeError naming each parameter that is refused
 */
export async function validateParameters(
  flowName: string,
  schema: ParameterSchema,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const result = await schema["~standard"].validate(parameters);
  if (result.issues) {
    throw new ParameterTypeError(
      flowName,
      result.issues.map((issue) => ({ message: issue.message, path: issuePath(issue) })),
    );
  }
  return { ...result.value };
}

function issuePath(issue: StandardSchemaV1.Issue): string {
  return (issue.path ?? [])
    .map((segment) => String(typeof segment === "object" ? segment.key : segment))
    .join(".");
}

/** JSON Schema of a flow's parameters, as deployments keep it. */
export interface ParameterOpenapiSchema {
  readonly title: "Parameters";
  readonly type: "object";
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly [key: string]: unknown;
}

/**
 * Describes what a flow's callers may pass. Without a schema nothing is known of the parameters.
 * @throws DefinitionError when the schema can't be expressed in JSON Schema
 */
export function describeParameters(flowName: string, schema: ParameterSchema | null): ParameterOpenapiSchema {
  if (!schema) return { title: "Parameters", type: "object", properties: {} };
  const described = toJsonSchema(flowName, schema);
  const properties = (described.properties ?? {}) as Record<string, object>; // a JSON Schema's properties are schemas
  return {
    ...described,
    title: "Parameters",
    type: "object",
    // People see the parameters in this order, under these titles.
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property], position) => [
        name,
        { title: name, ...property, position },
      ]),
    ),
  };
}

function toJsonSchema(flowName: string, schema: ParameterSchema): Record<string, unknown> {
  const standard = schema["~standard"] as Partial<StandardJSONSchemaV1.Props> & { vendor: string }; // an optional part
  if (!standard.jsonSchema) {
    throw new DefinitionError(
      `Parameters of flow '${flowName}': schemas of '${standard.vendor}' can't be described as JSON Schema. ` +
        "Use a version that follows Standard JSON Schema (zod 4.2 or later does), or wrap it in the library's adapter.",
    );
  }
  try {
    const { $schema: _dialect, ...described } = standard.jsonSchema.input({ target: "draft-2020-12" });
    return described;
  } catch (error) {
    throw new DefinitionError(
      `Parameters of flow '${flowName}' can't be described as JSON Schema: ${describeError(error)}`,
    );
  }
}

/**
 * Parameters as JSON for the server. What JSON can't hold is named in angle brackets instead: `<Socket>`.
 * Sets and maps become arrays; big integers become strings.
 */
export function serializeParameters(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, serializeValue(value)]));
}

function serializeValue(value: unknown): unknown {
  if (value === undefined) return null;
  try {
    const text = JSON.stringify(value, jsonReplacer);
    return text === undefined ? placeholder(value) : JSON.parse(text);
  } catch {
    return placeholder(value);
  }
}

function jsonReplacer(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return placeholder(value);
  if (value instanceof RunFuture || value instanceof State) return placeholder(value);
  if (value instanceof Annotation) return value.value;
  if (value instanceof Set || value instanceof Map) return [...value];
  return value;
}

function placeholder(value: unknown): string {
  const kind = typeof value === "object" && value !== null ? value.constructor?.name : typeof value;
  return `<${kind || "object"}>`;
}
