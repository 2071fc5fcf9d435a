/**
 * An operation as a flat list of fields, so that two documents can be compared whatever their components are called.
 *
 * A field's name is its place: `path.id`, `query.since`, `body.flow_runs.id.any_[]`, `200[].state.name`. A map's values
 * are `.*`, a list's items `[]`, a tuple's `[0]`, `[1]`. Alternatives (`anyOf`, `oneOf`) are one field with several
 * types; the properties of alternative objects lie side by side.
 */
import type { Document, Operation, Schema } from "./document.ts";

export interface Field {
  /** `string`, `string<uuid>`, `integer`, `object`, `array`, …; empty: anything goes. */
  readonly types: ReadonlySet<string>;
  readonly isNullable: boolean;
  readonly isRequired: boolean;
  /** The allowed values, when they are listed. */
  readonly values: ReadonlySet<string> | null;
  readonly default: unknown;
  /** A component inside itself: what lies below has been told further up. */
  readonly isRecursive: boolean;
}

export type Fields = ReadonlyMap<string, Field>;

/** @throws Error when a reference leads nowhere */
export function fieldsOf(operation: Operation, document: Document): Fields {
  const collector = new FieldCollector(document.components?.schemas ?? {});
  for (const parameter of operation.parameters ?? []) {
    const place = `${parameter.in}.${parameter.name.toLowerCase()}`;
    collector.collect(place, parameter.schema ?? {}, parameter.required ?? false);
  }
  if (operation.requestBody) {
    collector.collect("body", contentSchema(operation.requestBody), operation.requestBody.required ?? false);
  }
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    if (status.startsWith("2")) collector.collect(status, contentSchema(response), true);
  }
  return collector.fields;
}

function contentSchema({ content = {} }: NonNullable<Operation["requestBody"]>): Schema {
  return Object.values(content)[0]?.schema ?? {};
}

class FieldCollector {
  readonly fields = new Map<string, Field>();
  private readonly components: Readonly<Record<string, Schema>>;

  constructor(components: Readonly<Record<string, Schema>>) {
    this.components = components;
  }

  /** `open` holds the components that are being walked: one inside itself is not walked again. */
  collect(place: string, schema: Schema, isRequired: boolean, open: ReadonlySet<string> = new Set()): void {
    const alternatives = this.alternativesOf(schema, open);
    const named = alternatives.filter(({ type }) => type !== "null");
    this.fields.set(place, {
      types: typesOf(named),
      isNullable: named.length < alternatives.length || typesOf(named).size === 0,
      isRequired,
      values: valuesOf(named),
      default: schema["default"],
      isRecursive: named.some(({ isRecursive }) => isRecursive),
    });
    for (const alternative of named) this.collectChildren(place, alternative, named);
  }

  private collectChildren(place: string, alternative: Alternative, siblings: readonly Alternative[]): void {
    const { schema, open } = alternative;
    const children = propertiesOf(schema);
    for (const [name, child] of Object.entries(children)) {
      const field = `${place}.${name}`;
      // Side by side alternatives: a field is required when each object that could stand here requires it.
      const objects = siblings.filter(({ type }) => type === "object");
      const isRequired = objects.every((sibling) => requiredOf(sibling.schema).includes(name));
      this.merge(field, child, isRequired, open);
    }
    const rest = schema["additionalProperties"];
    if (isSchema(rest) && Object.keys(rest).length > 0) this.merge(`${place}.*`, rest, false, open);
    if (isSchema(schema["items"])) this.merge(`${place}[]`, schema["items"], false, open);
    const tuple = schema["prefixItems"];
    if (Array.isArray(tuple)) {
      tuple.forEach((item: Schema, index) => this.merge(`${place}[${index}]`, item, true, open));
    }
  }

  /** Two alternatives may both have a field of this name: then it has the types and values of either. */
  private merge(place: string, schema: Schema, isRequired: boolean, open: ReadonlySet<string>): void {
    const before = this.fields.get(place);
    this.collect(place, schema, isRequired, open);
    const now = this.fields.get(place);
    if (!before || !now) return;
    this.fields.set(place, {
      ...now,
      types: simplified(new Set([...before.types, ...now.types])),
      isNullable: before.isNullable || now.isNullable,
      values: before.values && now.values && new Set([...before.values, ...now.values]),
    });
  }

  private alternativesOf(schema: Schema, open: ReadonlySet<string>): Alternative[] {
    const reference = schema["$ref"];
    if (typeof reference === "string") {
      const name = reference.slice(reference.lastIndexOf("/") + 1);
      const component = this.components[name];
      if (!component) throw new Error(`The document refers to ${reference}, which it doesn't hold.`);
      if (open.has(name)) return [{ type: "object", schema: {}, open, isRecursive: true }];
      return this.alternativesOf(component, new Set([...open, name]));
    }
    const choices = schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"];
    if (Array.isArray(choices)) {
      return choices.flatMap((choice: Schema) => this.alternativesOf(choice, open));
    }
    const { type } = schema;
    if (Array.isArray(type))
      return type.map((one: unknown) => ({ type: String(one), schema, open, isRecursive: false }));
    return [
      { type: typeof type === "string" ? type : typeOfValues(schema), schema, open, isRecursive: false },
    ];
  }
}

interface Alternative {
  /** Empty: anything goes. */
  readonly type: string;
  readonly schema: Schema;
  readonly open: ReadonlySet<string>;
  readonly isRecursive: boolean;
}

/** A schema may name its values without their type. */
function typeOfValues(schema: Schema): string {
  const [value] = listedValues(schema);
  return value === undefined ? "" : typeof value;
}

function listedValues(schema: Schema): unknown[] {
  if ("const" in schema) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : [];
}

/** Types with their formats; whole numbers add nothing where any number will do. */
function typesOf(alternatives: readonly Alternative[]): Set<string> {
  if (alternatives.some(({ type }) => type === "")) return new Set();
  const types = new Set(
    alternatives.map(({ type, schema: { format } }) =>
      typeof format === "string" ? `${type}<${format}>` : type,
    ),
  );
  return simplified(types);
}

function simplified(types: Set<string>): Set<string> {
  if (types.has("number")) types.delete("integer");
  return types;
}

function valuesOf(alternatives: readonly Alternative[]): Set<string> | null {
  const lists = alternatives.map(({ schema }) => listedValues(schema));
  if (lists.length === 0 || lists.some((list) => list.length === 0)) return null;
  return new Set(lists.flat().map(String));
}

function propertiesOf(schema: Schema): Readonly<Record<string, Schema>> {
  // JSON Schema says that this is a map of schemas.
  return (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
}

function requiredOf(schema: Schema): readonly unknown[] {
  return Array.isArray(schema["required"]) ? schema["required"] : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
