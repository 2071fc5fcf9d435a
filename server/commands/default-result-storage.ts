/** Where results go when a flow says nothing (`/admin/storage`, protocol section 1). */
import type { BlockDocumentId, WorkspaceId } from "@sluice/schemas";
import type { BlockDocument } from "../store/block-documents.ts";
import type { StoreReads, StoreTransaction } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal, unprocessable } from "./errors.ts";

const KEY = "default-result-storage";

/** What the schema of a block must be able to do for results to be written with it. */
const WRITES = "write-path";

export async function readDefaultResultStorage(
  reads: Pick<StoreReads, "configuration">,
  workspaceId: WorkspaceId,
): Promise<BlockDocumentId | null> {
  const value = await reads.configuration.read(workspaceId, KEY);
  // Only this file writes the key.
  return typeof value === "string" ? (value as BlockDocumentId) : null;
}

/** @throws Refusal not_found, unprocessable when results can't be written with the block */
export async function setDefaultResultStorage(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  id: BlockDocumentId,
): Promise<void> {
  await store.transaction(async (tx) => {
    const document = await tx.blockDocuments.read(workspace_id, id);
    if (!document) throw new Refusal("not_found", `Block document ${id} not found.`);
    const schema = await tx.blockSchemas.read(workspace_id, document.block_schema_id);
    if (!schema?.capabilities.includes(WRITES)) {
      throw unprocessable(`Block document ${id} cannot be used for result storage.`);
    }
    await tx.configuration.put(workspace_id, KEY, id, now());
  });
}

export async function clearDefaultResultStorage(
  { store }: CommandContext,
  { workspace_id }: Caller,
): Promise<void> {
  await store.transaction((tx) => tx.configuration.delete(workspace_id, KEY));
}

/** For the transaction that deletes documents: without the one that results go to, they go nowhere in particular. */
export async function forgetDefaultResultStorage(
  tx: Pick<StoreTransaction, "configuration" | "blockDocuments">,
  workspaceId: WorkspaceId,
  isDeleted: (document: BlockDocument) => boolean,
): Promise<void> {
  const id = await readDefaultResultStorage(tx, workspaceId);
  const document = id === null ? null : await tx.blockDocuments.read(workspaceId, id);
  if (document && isDeleted(document)) await tx.configuration.delete(workspaceId, KEY);
}
