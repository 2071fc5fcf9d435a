/** Making, changing and deleting block types; each writes its event with it (protocol sections 7.3 and 9.1). */
import { type BlockTypeCreate, type BlockTypeId, type BlockTypeUpdate, newId } from "@sluice/schemas";
import type { BlockType } from "../store/block-types.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { forgetDefaultResultStorage } from "./default-result-storage.ts";
import { notFound, Refusal } from "./errors.ts";
import { type LifecycleFact, lifecycleEvent } from "./lifecycle-event.ts";

const RESERVED = "prefect";

/** @throws Refusal forbidden for a name that the system keeps for itself, conflict when the slug is taken */
export async function createBlockType(
  { store, now }: CommandContext,
  caller: Caller,
  body: BlockTypeCreate,
): Promise<BlockType> {
  if (body.name.toLowerCase().startsWith(RESERVED)) {
    throw new Refusal("forbidden", "Block type names beginning with 'Prefect' are reserved.");
  }
  const type = newBlockType(caller, now(), body);
  await store.transaction(async (tx) => {
    if (!(await tx.blockTypes.create(type))) {
      throw new Refusal("conflict", `Block type with name "${body.name}" already exists`);
    }
    await tx.outbox.append([lifecycleEvent("created", blockTypeFact(type), type.created)]);
  });
  return type;
}

/** The words of a new type are made harmless for pages that show them; those of a change are not, as upstream. */
export function newBlockType(caller: Caller, moment: BlockType["created"], body: BlockTypeCreate): BlockType {
  return {
    ...body,
    description: escaped(body.description),
    code_example: escaped(body.code_example),
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    is_protected: false,
    created_by: storedActor(caller),
    updated_by: null,
  };
}

/**
 * Writes nothing and tells nobody when nothing would change: every stock client sends its types again at each start.
 * @throws Refusal not_found
 */
export async function updateBlockType(
  { store, now }: CommandContext,
  caller: Caller,
  id: BlockTypeId,
  body: BlockTypeUpdate,
): Promise<void> {
  await store.transaction(async (tx) => {
    const current = await tx.blockTypes.read(caller.workspace_id, id);
    if (!current) throw notFound("Block type");
    if (!changesAnything(current, body)) return;
    const moment = now();
    const signature = { updated: moment, updated_by: storedActor(caller) };
    const type = await tx.blockTypes.update(caller.workspace_id, id, { ...body, ...signature });
    if (!type) throw notFound("Block type");
    await tx.outbox.append([lifecycleEvent("updated", blockTypeFact(type), moment)]);
  });
}

/**
 * Its schemas and documents go with it.
 * @throws Refusal not_found, forbidden when it is protected
 */
export async function deleteBlockType(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  id: BlockTypeId,
): Promise<void> {
  await store.transaction(async (tx) => {
    const type = await tx.blockTypes.read(workspace_id, id);
    if (!type) throw notFound("Block type");
    if (type.is_protected) throw new Refusal("forbidden", "protected block types cannot be deleted.");
    await forgetDefaultResultStorage(tx, workspace_id, (document) => document.block_type_id === id);
    await tx.blockTypes.delete(workspace_id, id);
    await tx.outbox.append([lifecycleEvent("deleted", blockTypeFact(type), now())]);
  });
}

export function blockTypeFact(type: BlockType): LifecycleFact {
  const { workspace_id, id, name, slug, logo_url, documentation_url, description } = type;
  const { code_example, is_protected } = type;
  return {
    workspace_id,
    kind: "block-type",
    id,
    name,
    payload: { name, slug, logo_url, documentation_url, description, code_example, is_protected },
  };
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" } as const;

function escaped(text: string | null): string | null {
  // The pattern finds nothing but the keys.
  return text?.replace(/[&<>]/g, (mark) => ENTITIES[mark as keyof typeof ENTITIES]) ?? null;
}

function unescaped(text: string | null | undefined): string | null {
  return text?.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&") ?? null;
}

/** Whether a text is escaped makes no difference: a client sends it as it is and reads it back escaped. */
function changesAnything(current: BlockType, body: BlockTypeUpdate): boolean {
  const keys = ["logo_url", "documentation_url", "description", "code_example"] as const;
  return keys.some((key) => body[key] !== undefined && unescaped(body[key]) !== unescaped(current[key]));
}
