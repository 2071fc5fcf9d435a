/** Block documents as they are shown: opened, with what they refer to inlined, secrets masked unless asked for. */
import {
  type BlockDocumentFilter,
  type BlockDocumentId,
  type BlockDocumentSort,
  type BlockSchemaFilter,
  type BlockTypeFilter,
  type JsonObject,
  parseExactJson,
  type WorkspaceId,
} from "@sluice/schemas";
import { assembleDocument, type InlinedDocument } from "../orchestration/blocks/assemble-documents.ts";
import { ReferenceProblem } from "../orchestration/blocks/document-references.ts";
import { maskSecrets, secretPaths } from "../orchestration/blocks/secret-fields.ts";
import type { BlockDocument } from "../store/block-documents.ts";
import type { BlockType } from "../store/block-types.ts";
import type { StoreReads } from "../store/store.ts";
import { type FullBlockSchema, fullBlockSchemas } from "./block-schemas.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { notFound, Refusal } from "./errors.ts";
import type { SecretBox } from "./secret-box.ts";

/** A document inside of another one, without its data, which stands in the outer one's. */
export interface NestedBlockDocument {
  readonly document: BlockDocument;
  readonly block_type: BlockType | null;
  readonly references: ReadonlyMap<string, NestedBlockDocument>;
}

export interface FullBlockDocument extends NestedBlockDocument {
  readonly data: JsonObject;
  readonly block_schema: FullBlockSchema | null;
}

export interface BlockDocumentReading {
  readonly secrets: SecretBox;
  readonly includeSecrets: boolean;
}

export interface BlockDocumentListing {
  /** Null: the named ones. */
  readonly block_documents: BlockDocumentFilter | null;
  readonly block_types: BlockTypeFilter | null;
  readonly block_schemas: BlockSchemaFilter | null;
  readonly sort: BlockDocumentSort;
  /** Null: all of them. */
  readonly limit: number | null;
  readonly offset: number;
}

type BlockReads = Pick<StoreReads, "blockTypes" | "blockSchemas" | "blockDocuments">;

const NAMED: BlockDocumentFilter = { operator: "and_", is_anonymous: { eq_: false } };

/** @throws Refusal not_found */
export async function readBlockDocument(
  context: CommandContext,
  { workspace_id }: Pick<Caller, "workspace_id">,
  id: BlockDocumentId,
  includeSecrets: boolean,
): Promise<FullBlockDocument> {
  const document = await context.store.reads.blockDocuments.read(workspace_id, id);
  return await onlyFull(context, workspace_id, document, includeSecrets);
}

/** @throws Refusal not_found */
export async function readBlockDocumentByName(
  context: CommandContext,
  { workspace_id }: Pick<Caller, "workspace_id">,
  { slug, name }: { readonly slug: string; readonly name: string },
  includeSecrets: boolean,
): Promise<FullBlockDocument> {
  const document = await context.store.reads.blockDocuments.readByName(workspace_id, slug, name);
  return await onlyFull(context, workspace_id, document, includeSecrets);
}

export async function listBlockDocuments(
  { store, secrets }: CommandContext,
  { workspace_id }: Pick<Caller, "workspace_id">,
  { block_documents, block_types, block_schemas, ...page }: BlockDocumentListing,
  includeSecrets: boolean,
): Promise<FullBlockDocument[]> {
  const selection = blockDocumentSelection({ block_documents, block_types, block_schemas });
  const documents = await store.reads.blockDocuments.list(workspace_id, { ...selection, ...page });
  if (documents.length === 0) return [];
  const reading = { secrets: await secrets(), includeSecrets };
  return await fullBlockDocuments(store.reads, workspace_id, documents, reading);
}

export function blockDocumentSelection({
  block_documents,
  block_types,
  block_schemas,
}: Pick<BlockDocumentListing, "block_documents" | "block_types" | "block_schemas">) {
  return { filter: block_documents ?? NAMED, typeFilter: block_types, schemaFilter: block_schemas };
}

async function onlyFull(
  { store, secrets }: CommandContext,
  workspaceId: WorkspaceId,
  document: BlockDocument | null,
  includeSecrets: boolean,
): Promise<FullBlockDocument> {
  const reading = { secrets: await secrets(), includeSecrets };
  const [full] = document ? await fullBlockDocuments(store.reads, workspaceId, [document], reading) : [];
  if (!full) throw notFound("Block document");
  return full;
}

/**
 * In the order of the documents.
 * @throws Refusal bad_request when one holds more documents than anybody could want to read
 * @throws SealedError when one was sealed with another key
 */
export async function fullBlockDocuments(
  reads: BlockReads,
  workspaceId: WorkspaceId,
  documents: readonly BlockDocument[],
  { secrets, includeSecrets }: BlockDocumentReading,
): Promise<FullBlockDocument[]> {
  const ids = documents.map(({ id }) => id);
  const tree = await reads.blockDocuments.readTree(workspaceId, ids);
  const schemas = await schemasOf(reads, workspaceId, tree.documents);
  const documentOf = new Map(tree.documents.map((document) => [document.id, document]));
  const dataOf = (id: BlockDocumentId) => {
    const document = documentOf.get(id);
    if (document === undefined) return {};
    const data = openedData(secrets, document);
    const fields = schemas.get(document.block_schema_id)?.fields ?? {};
    return includeSecrets ? data : maskSecrets(data, secretPaths(fields));
  };
  const references = Map.groupBy(tree.references, (reference) => reference.parent_block_document_id);

  const nested = (inlined: InlinedDocument): NestedBlockDocument | null => {
    const document = documentOf.get(inlined.id);
    if (document === undefined) return null;
    const inside = [...inlined.references].flatMap(([name, child]): [string, NestedBlockDocument][] => {
      const found = nested(child);
      return found === null ? [] : [[name, found]];
    });
    const block_type = schemas.get(document.block_schema_id)?.block_type ?? null;
    return { document, block_type, references: new Map(inside) };
  };
  return ids.flatMap((id) => {
    const assembled = withinBounds(() => assembleDocument(id, dataOf, references));
    const root = nested(assembled);
    if (root === null) return [];
    const block_schema = schemas.get(root.document.block_schema_id) ?? null;
    return [{ ...root, data: assembled.data, block_schema }];
  });
}

/** A document's own data, in the clear. */
export function openedData(secrets: SecretBox, { id, data }: BlockDocument): JsonObject {
  return parseExactJson(secrets.open(data, id)) as JsonObject; // it was sealed as such
}

async function schemasOf(
  reads: BlockReads,
  workspaceId: WorkspaceId,
  documents: readonly BlockDocument[],
): Promise<Map<BlockDocument["block_schema_id"], FullBlockSchema>> {
  const ids = [...new Set(documents.map(({ block_schema_id }) => block_schema_id))];
  const { schemas } = await reads.blockSchemas.readTree(workspaceId, ids);
  const wanted = schemas.filter(({ id }) => ids.includes(id));
  const full = await fullBlockSchemas(reads, workspaceId, wanted);
  return new Map(full.map((schema) => [schema.id, schema]));
}

function withinBounds<Result>(assemble: () => Result): Result {
  try {
    return assemble();
  } catch (error) {
    if (error instanceof ReferenceProblem) throw new Refusal("bad_request", error.message);
    throw error;
  }
}
