/** Where results go when a flow says nothing (`/admin/storage`, protocol section 1). */
import type { BlockDocumentId, WorkspaceId } from "@sluice/schemas";
import type { StoreReads } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal } from "./errors.ts";

const KEY = "default-result-storage";

export async function readDefaultResultStorage(
  reads: Pick<StoreReads, "configuration">,
  workspaceId: WorkspaceId,
): Promise<BlockDocumentId | null> {
  const value = await reads.configuration.read(workspaceId, KEY);
  // Only this file writes the key.
  return typeof value === "string" ? (value as BlockDocumentId) : null;
}

/** @throws Refusal not_found: until there are block documents, every id names an unknown one */
export async function setDefaultResultStorage(id: BlockDocumentId): Promise<never> {
  throw new Refusal("not_found", `Block document ${id} not found.`);
}

export async function clearDefaultResultStorage(
  { store }: CommandContext,
  { workspace_id }: Caller,
): Promise<void> {
  await store.transaction((tx) => tx.configuration.delete(workspace_id, KEY));
}
