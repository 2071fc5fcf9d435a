/** The `definitions` of a block schema's fields: plain objects are kept with it, blocks are schemas of their own. */
import { isExactObject, type JsonObject } from "@sluice/schemas";

const PREFIX = "#/definitions/";

/**
 * The definitions that are no blocks and are referred to from anywhere in `fields` (its own definitions included), or
 * from one of them. An empty definition counts as none (protocol section 9.1).
 */
export function plainDefinitions(fields: JsonObject, definitions: JsonObject): JsonObject {
  const found = new Map<string, JsonObject>();
  const open = [...referencedKeys(fields)];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const definition = definitions[key];
    if (found.has(key) || !isExactObject(definition) || isEmpty(definition)) continue;
    if (definition["block_type_slug"] !== undefined && definition["block_type_slug"] !== null) continue;
    found.set(key, definition);
    open.push(...referencedKeys(definition));
  }
  return Object.fromEntries(found);
}

/** The keys of all definitions that a piece of schema refers to, in the order in which they are met. */
export function referencedKeys(piece: unknown): string[] {
  if (Array.isArray(piece)) return piece.flatMap(referencedKeys);
  if (!isExactObject(piece)) return [];
  const reference = piece["$ref"];
  return [
    ...(typeof reference === "string" && reference !== "" ? [reference.replaceAll(PREFIX, "")] : []),
    ...Object.values(piece).flatMap(referencedKeys),
  ];
}

/** `fields` with these definitions, or without the key when there are none. */
export function withDefinitions(fields: JsonObject, definitions: JsonObject): JsonObject {
  const { definitions: _former, ...rest } = fields;
  return isEmpty(definitions) ? rest : { ...rest, definitions };
}

export function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}
