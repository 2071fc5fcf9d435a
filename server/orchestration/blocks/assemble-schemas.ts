/**
 * A block schema's fields as they are shown: with the references to the schemas nested in it, and these schemas' own
 * fields among the definitions, under their titles (protocol section 9.1).
 */
import { type BlockSchema, type BlockSchemaId, isExactObject, type JsonObject } from "@sluice/schemas";
import { isEmpty } from "./schema-definitions.ts";

/** A field of one schema holds documents of another. */
export interface SchemaReference {
  readonly name: string;
  readonly parent_block_schema_id: BlockSchemaId;
  readonly reference_block_schema_id: BlockSchemaId;
}

export interface SchemaTree {
  readonly schemas: readonly BlockSchema[];
  readonly references: readonly SchemaReference[];
  /** The slug of a schema's type. */
  readonly slugOf: (schema: BlockSchema) => string;
}

type AssembleSchema = (id: BlockSchemaId) => JsonObject;

/** Answers for every schema of the tree; what was assembled once is not assembled again. */
export function schemaAssembler(tree: SchemaTree): AssembleSchema {
  const schemas = new Map(tree.schemas.map((schema) => [schema.id, schema]));
  const references = Map.groupBy(tree.references, (reference) => reference.parent_block_schema_id);
  const assembled = new Map<BlockSchemaId, JsonObject>();

  const assemble = (id: BlockSchemaId, path: ReadonlySet<BlockSchemaId>): JsonObject => {
    const known = assembled.get(id);
    if (known !== undefined) return known;
    const children = (references.get(id) ?? []).flatMap(({ name, reference_block_schema_id: childId }) => {
      const child = schemas.get(childId);
      return child === undefined ? [] : [{ name, child }];
    });
    const fields = schemas.get(id)?.fields ?? {};
    const inside = new Set(path).add(id);
    // A schema inside of itself is named, not entered again.
    const nested = children.flatMap(({ child }) =>
      inside.has(child.id) ? [] : [assemble(child.id, inside)],
    );
    const definitions = Object.assign({}, definitionsOf(fields), ...nested.map(asDefinitions)) as JsonObject;
    const result = {
      ...fields,
      block_schema_references: referencesOf(children, tree.slugOf),
      ...(!isEmpty(definitions) && { definitions }),
    };
    assembled.set(id, result);
    return result;
  };
  return (id) => assemble(id, new Set());
}

interface Child {
  readonly name: string;
  readonly child: BlockSchema;
}

interface ShownReference {
  readonly block_schema_checksum: string;
  readonly block_type_slug: string;
}

/** Under its field's name one reference, or a list of different ones. */
function referencesOf(children: readonly Child[], slugOf: SchemaTree["slugOf"]): JsonObject {
  const byName = Map.groupBy(children, ({ name }) => name);
  const shown = [...byName].map(
    ([name, entries]): [string, ShownReference | ShownReference[] | undefined] => {
      const different = new Map(entries.map(({ child }) => [child.checksum, child]));
      const list = [...different.values()].map((child) => ({
        block_schema_checksum: child.checksum,
        block_type_slug: slugOf(child),
      }));
      return [name, list.length === 1 ? list[0] : list];
    },
  );
  return Object.fromEntries(shown);
}

function asDefinitions({ definitions, ...fields }: JsonObject): JsonObject {
  const { title } = fields;
  return typeof title === "string" ? { [title]: fields, ...definitionsOf({ definitions }) } : {};
}

function definitionsOf({ definitions }: JsonObject): JsonObject {
  return isExactObject(definitions) ? definitions : {};
}
