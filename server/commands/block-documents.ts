/** Making, changing and deleting block documents; each that has a name tells of itself (protocol sections 7.3, 9.1). */
import {
  type BlockDocumentCreate,
  type BlockDocumentId,
  type BlockDocumentUpdate,
  type JsonObject,
  newId,
  newRandomId,
  type Timestamp,
} from "@sluice/schemas";
import {
  leadsTo,
  ReferenceProblem,
  type SeparatedData,
  separateReferences,
} from "../orchestration/blocks/document-references.ts";
import { restoreSecrets, secretPaths } from "../orchestration/blocks/secret-fields.ts";
import type { BlockDocument, BlockDocumentTree } from "../store/block-documents.ts";
import type { StoreTransaction } from "../store/store.ts";
import { type FullBlockDocument, fullBlockDocuments, openedData } from "./block-document-reads.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { forgetDefaultResultStorage } from "./default-result-storage.ts";
import { CONFLICT_DETAIL, notFound, Refusal } from "./errors.ts";
import { type LifecycleAction, lifecycleEvent } from "./lifecycle-event.ts";
import type { SecretBox } from "./secret-box.ts";

/**
 * The document as it is shown, secrets masked.
 * @throws Refusal not_found without its type, conflict when the name is taken or it refers to nothing, bad_request
 */
export async function createBlockDocument(
  { store, now, secrets: open }: CommandContext,
  caller: Caller,
  body: BlockDocumentCreate,
): Promise<FullBlockDocument> {
  const { workspace_id } = caller;
  const { own, referenced } = separated(body.data);
  const secrets = await open();
  const id = newId<"block-document">();
  return await store.transaction(async (tx) => {
    const type = await tx.blockTypes.read(workspace_id, body.block_type_id);
    if (!type) throw new Refusal("not_found", `Block type ${body.block_type_id} not found.`);
    await requireSchemaOfType(tx, caller, body);
    const moment = now();
    const document: BlockDocument = {
      id,
      workspace_id,
      created: moment,
      updated: moment,
      name: body.name ?? `anonymous-${newRandomId()}`,
      data: secrets.seal(JSON.stringify(own), id),
      is_anonymous: body.is_anonymous,
      block_type_name: type.name,
      block_type_id: type.id,
      block_schema_id: body.block_schema_id,
      created_by: storedActor(caller),
      updated_by: null,
    };
    if (!(await tx.blockDocuments.create(document))) throw new Refusal("conflict", "Block already exists");
    if (referenced.size > 0) await refer(tx, document, referenced);
    return await tell(tx, "created", document, { secrets, moment });
  });
}

/**
 * Masks that come back stand for the secrets that are stored. Merged data keeps the keys of its top level that are not
 * sent, references to other documents among them.
 *
 * @throws Refusal not_found; bad_request for a schema of another type, a wrong reference or a circle of them; conflict
 */
export async function updateBlockDocument(
  { store, now, secrets: open }: CommandContext,
  caller: Caller,
  id: BlockDocumentId,
  body: BlockDocumentUpdate,
): Promise<void> {
  const { workspace_id } = caller;
  const targets = [...separated(body.data ?? {}).referenced.values()];
  const secrets = await open();
  await store.transaction(async (tx) => {
    await lockWithTargets(tx, { id, workspace_id }, targets);
    const document = await tx.blockDocuments.read(workspace_id, id);
    if (!document) throw notFound("Block document");
    const moment = now();
    const sent = body.data ?? (body.merge_existing_data ? null : {});
    if (sent !== null) {
      const schemaId = body.block_schema_id ?? document.block_schema_id;
      const { block_type_id } = document;
      await requireSchemaOfType(tx, caller, { block_schema_id: schemaId, block_type_id });
      const { own, referenced } = await newContent(tx, document, sent, { secrets, body });
      await tx.blockDocuments.update(workspace_id, id, {
        data: secrets.seal(JSON.stringify(own), id),
        block_schema_id: schemaId,
        updated: moment,
        updated_by: storedActor(caller),
      });
      await refer(tx, document, referenced);
    }
    const updated = (await tx.blockDocuments.read(workspace_id, id)) ?? document;
    await tell(tx, "updated", updated, { secrets, moment });
  });
}

/**
 * References to it end with it.
 * @throws Refusal not_found
 */
export async function deleteBlockDocument(
  { store, now, secrets: open }: CommandContext,
  { workspace_id }: Caller,
  id: BlockDocumentId,
): Promise<void> {
  const secrets = await open();
  await store.transaction(async (tx) => {
    const document = await tx.blockDocuments.read(workspace_id, id);
    if (!document) throw notFound("Block document");
    await tell(tx, "deleted", document, { secrets, moment: now() });
    await forgetDefaultResultStorage(tx, workspace_id, (stored) => stored.id === id);
    await tx.blockDocuments.delete(workspace_id, id);
  });
}

async function requireSchemaOfType(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  { block_schema_id, block_type_id }: Pick<BlockDocument, "block_schema_id" | "block_type_id">,
): Promise<void> {
  const schema = await tx.blockSchemas.read(workspace_id, block_schema_id);
  if (!schema) throw new Refusal("conflict", CONFLICT_DETAIL);
  if (schema.block_type_id === block_type_id) return;
  throw new Refusal("bad_request", "Must migrate block document to a block schema of the same block type.");
}

async function newContent(
  tx: StoreTransaction,
  document: BlockDocument,
  sent: JsonObject,
  { secrets, body }: { readonly secrets: SecretBox; readonly body: BlockDocumentUpdate },
): Promise<SeparatedData> {
  const stored = openedData(secrets, document);
  const schema = await tx.blockSchemas.read(document.workspace_id, document.block_schema_id);
  const { own, referenced } = separated(restoreSecrets(sent, stored, secretPaths(schema?.fields ?? {})));
  if (!body.merge_existing_data) return { own, referenced };
  const { references } = await tx.blockDocuments.readTree(document.workspace_id, [document.id]);
  const kept = references
    .filter(
      ({ parent_block_document_id: parent, name }) => parent === document.id && !Object.hasOwn(sent, name),
    )
    .map(({ name, reference_block_document_id }) => [name, reference_block_document_id] as const);
  const untouched = Object.entries(stored).filter(([name]) => !referenced.has(name));
  return {
    own: { ...Object.fromEntries(untouched), ...own },
    referenced: new Map([...kept, ...referenced]),
  };
}

function separated(data: JsonObject): SeparatedData {
  try {
    return separateReferences(data);
  } catch (error) {
    if (error instanceof ReferenceProblem) throw new Refusal("bad_request", error.message);
    throw error;
  }
}

async function refer(
  tx: StoreTransaction,
  { id, workspace_id }: BlockDocument,
  referenced: ReadonlyMap<string, BlockDocumentId>,
): Promise<void> {
  const targets = [...new Set(referenced.values())];
  if (targets.length > 0) {
    const { documents, references } = await lockWithTargets(tx, { id, workspace_id }, targets);
    const there = new Set(documents.map((document) => document.id));
    if (!targets.every((target) => there.has(target))) throw new Refusal("conflict", CONFLICT_DETAIL);
    const circle = targets.find((target) => leadsTo(target, id, references));
    if (circle !== undefined) {
      throw new Refusal(
        "bad_request",
        "Cannot create block document reference: it would introduce a cycle into the " +
          `block_document_reference graph (parent=${id}, reference=${circle}).`,
      );
    }
  }
  await tx.blockDocuments.replaceReferences(id, referenced);
}

/**
 * Locks a document and everything that it would lead to: of two writers that would close a circle together, one has to
 * wait for the other's document, and then sees its reference. All at once and in one order, so that nobody waits in a
 * circle either; again only for what came to be in between.
 */
async function lockWithTargets(
  tx: StoreTransaction,
  { id, workspace_id }: Pick<BlockDocument, "id" | "workspace_id">,
  targets: readonly BlockDocumentId[],
): Promise<BlockDocumentTree> {
  const locked = new Set<BlockDocumentId>();
  for (;;) {
    const tree = await tx.blockDocuments.readTree(workspace_id, targets);
    const missing = [id, ...tree.documents.map((document) => document.id)].filter((one) => !locked.has(one));
    if (missing.length === 0) return tree;
    await tx.blockDocuments.lock(missing);
    for (const one of missing) locked.add(one);
  }
}

/** Writes the event, unless the document is anonymous; answers with the document as it is shown. */
async function tell(
  tx: StoreTransaction,
  action: LifecycleAction,
  document: BlockDocument,
  { secrets, moment }: { readonly secrets: SecretBox; readonly moment: Timestamp },
): Promise<FullBlockDocument> {
  const reading = { secrets, includeSecrets: false };
  const [full] = await fullBlockDocuments(tx, document.workspace_id, [document], reading);
  if (!full) throw notFound("Block document");
  if (!document.is_anonymous) {
    const { workspace_id, id, name } = document;
    const fact = {
      workspace_id,
      kind: "block-document",
      id,
      name,
      payload: payloadOf(full),
      related: relatedTo(full),
    };
    await tx.outbox.append([lifecycleEvent(action, fact, moment)]);
  }
  return full;
}

/** Of the data only texts of the top level that are no secrets, not even masked. */
function payloadOf({ document, data, block_schema: schema }: FullBlockDocument): JsonObject {
  const secretKeys = new Set(secretPaths(schema?.fields ?? {}).map(([key]) => key));
  const shown = Object.entries(data).filter(
    ([key, value]) => typeof value === "string" && !secretKeys.has(key),
  );
  return {
    name: document.name,
    data: Object.fromEntries(shown),
    block_schema: schema && {
      capabilities: schema.capabilities,
      block_type: { id: document.block_type_id, name: document.block_type_name ?? "" },
    },
  };
}

function relatedTo({ document }: FullBlockDocument) {
  const { block_type_id, block_type_name, block_schema_id } = document;
  return [
    {
      "prefect.resource.id": `prefect.block-type.${block_type_id}`,
      "prefect.resource.role": "block-type",
      ...(block_type_name !== null && { "prefect.resource.name": block_type_name }),
    },
    {
      "prefect.resource.id": `prefect.block-schema.${block_schema_id}`,
      "prefect.resource.role": "block-schema",
    },
  ];
}
