/** Registering and deleting block schemas, and reading them as they are shown (protocol section 9.1). */
import { createHash } from "node:crypto";
import {
  type BlockSchemaCreate,
  type BlockSchemaId,
  DEFAULT_BLOCK_SCHEMA_VERSION,
  isExactObject,
  type JsonObject,
  newId,
  type WorkspaceId,
} from "@sluice/schemas";
import { schemaAssembler } from "../orchestration/blocks/assemble-schemas.ts";
import {
  type NestedSchema,
  nestedFields,
  nestedSchemas,
  SchemaProblem,
} from "../orchestration/blocks/nested-schemas.ts";
import { checksumText } from "../orchestration/blocks/schema-checksum.ts";
import { isEmpty, plainDefinitions, withDefinitions } from "../orchestration/blocks/schema-definitions.ts";
import type { BlockSchema } from "../store/block-schemas.ts";
import type { BlockType } from "../store/block-types.ts";
import type { StoreReads, StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { forgetDefaultResultStorage } from "./default-result-storage.ts";
import { notFound, Refusal } from "./errors.ts";

/** A schema with its type, and with the schemas nested in it among its fields. */
export interface FullBlockSchema extends BlockSchema {
  readonly block_type: BlockType | null;
}

type BlockReads = Pick<StoreReads, "blockTypes" | "blockSchemas">;
type BlockTransaction = Pick<StoreTransaction, "blockTypes" | "blockSchemas">;

/**
 * Registers a schema and those nested in it that are not there yet; one of the same checksum and version is found.
 * @throws Refusal not_found without its type, conflict without a nested one's type, unprocessable for unusable fields
 */
export async function createBlockSchema(
  { store, now }: CommandContext,
  caller: Caller,
  body: BlockSchemaCreate,
): Promise<{ readonly schema: FullBlockSchema; readonly created: boolean }> {
  return await store.transaction(async (tx) => {
    const type = await tx.blockTypes.read(caller.workspace_id, body.block_type_id);
    if (!type) throw new Refusal("not_found", `Block type ${body.block_type_id} not found.`);
    const { schema, created } = await registerBlockSchema(tx, { caller, moment: now() }, body);
    const [full] = await fullBlockSchemas(tx, caller.workspace_id, [schema]);
    if (!full) throw notFound("Block schema");
    return { schema: created ? { ...full, fields: asSent(full.fields, body.fields) } : full, created };
  });
}

/** A creation is answered with the definitions that came with it, whichever of them are kept. */
function asSent(shown: JsonObject, sent: JsonObject): JsonObject {
  const { definitions: _shown, ...fields } = shown;
  return { ...fields, block_schema_references: {}, ...sent };
}

interface Registration {
  readonly caller: Caller;
  readonly moment: BlockSchema["created"];
}

/** @param outer the definitions of the outermost schema, when this is one nested in it */
async function registerBlockSchema(
  tx: BlockTransaction,
  registration: Registration,
  body: BlockSchemaCreate,
  outer?: JsonObject,
): Promise<{ readonly schema: BlockSchema; readonly created: boolean }> {
  const { workspace_id } = registration.caller;
  const own = body.fields["definitions"];
  const definitions = outer ?? (isExactObject(own) ? own : {});
  const fields = isEmpty(definitions) ? body.fields : { ...body.fields, definitions };
  const checksum = checksumOf(fields);
  const find = () => tx.blockSchemas.readByChecksum(workspace_id, checksum, body.version);
  const existing = await find();
  if (existing) return { schema: existing, created: false };

  const { block_schema_references: _references, ...kept } = isEmpty(definitions)
    ? fields
    : withDefinitions(fields, plainDefinitions(fields, definitions));
  const schema = newBlockSchema(registration, body, { fields: kept, checksum });
  if (!(await tx.blockSchemas.create(schema))) {
    const other = await find();
    if (other) return { schema: other, created: false };
  }
  for (const nested of understood(() => nestedSchemas(fields))) {
    const child = await nestedSchema(tx, registration, nested, fields, definitions);
    await tx.blockSchemas.createReference({
      name: nested.name,
      parent_block_schema_id: schema.id,
      reference_block_schema_id: child.id,
    });
  }
  return { schema, created: true };
}

export function newBlockSchema(
  { caller, moment }: Registration,
  { block_type_id, capabilities, version }: Omit<BlockSchemaCreate, "fields">,
  content: Pick<BlockSchema, "fields" | "checksum">,
): BlockSchema {
  return {
    ...content,
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    block_type_id,
    capabilities,
    version,
    created_by: storedActor(caller),
    updated_by: null,
  };
}

async function nestedSchema(
  tx: BlockTransaction,
  registration: Registration,
  nested: NestedSchema,
  fields: JsonObject,
  definitions: JsonObject,
): Promise<BlockSchema> {
  const { workspace_id } = registration.caller;
  const type = await tx.blockTypes.readBySlug(workspace_id, nested.slug);
  if (!type) {
    throw new Refusal(
      "conflict",
      `Cannot create block schema because block type '${nested.slug}' was not found.` +
        "Did you forget to register the block type?",
    );
  }
  const existing = await tx.blockSchemas.readByChecksum(workspace_id, nested.checksum, null);
  if (existing) return existing;
  const body: BlockSchemaCreate = {
    fields: understood(() => nestedFields(definitions, fields, nested)),
    block_type_id: type.id,
    capabilities: [],
    version: DEFAULT_BLOCK_SCHEMA_VERSION,
  };
  return (await registerBlockSchema(tx, registration, body, definitions)).schema;
}

function understood<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof SchemaProblem) throw new Refusal("unprocessable", error.message);
    throw error;
  }
}

function checksumOf(fields: JsonObject): string {
  return `sha256:${createHash("sha256").update(checksumText(fields)).digest("hex")}`;
}

/**
 * Its documents go with it.
 * @throws Refusal not_found, forbidden when its type is protected
 */
export async function deleteBlockSchema(
  { store }: CommandContext,
  { workspace_id }: Caller,
  id: BlockSchemaId,
): Promise<void> {
  await store.transaction(async (tx) => {
    const schema = await tx.blockSchemas.read(workspace_id, id);
    if (!schema) throw notFound("Block schema");
    const type = await tx.blockTypes.read(workspace_id, schema.block_type_id);
    if (type?.is_protected) {
      throw new Refusal("forbidden", "Block schemas for protected block types cannot be deleted.");
    }
    await forgetDefaultResultStorage(tx, workspace_id, (document) => document.block_schema_id === id);
    await tx.blockSchemas.delete(workspace_id, id);
  });
}

/** Schemas as they are shown, in the same order. */
export async function fullBlockSchemas(
  reads: BlockReads,
  workspaceId: WorkspaceId,
  schemas: readonly BlockSchema[],
): Promise<FullBlockSchema[]> {
  if (schemas.length === 0) return [];
  const tree = await reads.blockSchemas.readTree(
    workspaceId,
    schemas.map(({ id }) => id),
  );
  const typeIds = new Set(tree.schemas.map(({ block_type_id }) => block_type_id));
  const types = await reads.blockTypes.readMany(workspaceId, [...typeIds]);
  const typeOf = new Map(types.map((type) => [type.id, type]));
  const fieldsOf = schemaAssembler({
    ...tree,
    slugOf: ({ block_type_id }) => typeOf.get(block_type_id)?.slug ?? "",
  });
  return schemas.map((schema) => ({
    ...schema,
    fields: fieldsOf(schema.id),
    block_type: typeOf.get(schema.block_type_id) ?? null,
  }));
}
