/** The schemas nested in a block schema: which they are, and where their fields stand (protocol section 9.1). */
import { isExactObject, type JsonObject } from "@sluice/schemas";
import { referencedKeys } from "./schema-definitions.ts";

/** One entry of `fields.block_schema_references`. */
export interface NestedSchema {
  /** The field that holds documents of it. */
  readonly name: string;
  readonly slug: string;
  readonly checksum: string;
}

/** What makes fields unusable, in words for whoever sent them. */
export class SchemaProblem extends Error {
  override readonly name = "SchemaProblem";
}

/** @throws SchemaProblem for an entry without slug or checksum */
export function nestedSchemas(fields: JsonObject): NestedSchema[] {
  const references = fields["block_schema_references"] ?? {};
  if (!isExactObject(references)) throw new SchemaProblem("block_schema_references must be an object.");
  return Object.entries(references).flatMap(([name, entries]) =>
    (Array.isArray(entries) ? entries : [entries]).map((entry: unknown) => nestedSchema(name, entry)),
  );
}

function nestedSchema(name: string, entry: unknown): NestedSchema {
  const { block_type_slug: slug, block_schema_checksum: checksum } = isExactObject(entry) ? entry : {};
  if (typeof slug === "string" && typeof checksum === "string") return { name, slug, checksum };
  throw new SchemaProblem(
    `The block schema reference of ${name} must have a block_type_slug and a block_schema_checksum.`,
  );
}

/**
 * The fields of a nested schema, from the definitions that came with the outermost one: the definition that its field
 * refers to; of several, the one of the wanted type.
 *
 * @throws SchemaProblem when there is none
 */
export function nestedFields(
  definitions: JsonObject,
  fields: JsonObject,
  { name, slug }: NestedSchema,
): JsonObject {
  const properties = isExactObject(fields["properties"]) ? fields["properties"] : {};
  const candidates = referencedKeys(properties[name])
    .map((key) => definitions[key])
    .filter(isExactObject);
  const [only] = candidates;
  const found =
    candidates.length === 1 ? only : candidates.find((found) => found["block_type_slug"] === slug);
  if (found !== undefined) return found;
  throw new SchemaProblem(
    `Unable to create nested block schema for block type '${slug}' due to missing definition.`,
  );
}
