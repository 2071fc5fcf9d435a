/** Makes sure that the server's own block types are there, each with its schema (protocol section 9.1). */
import type { WorkspaceId } from "@sluice/schemas";
import { SYSTEM_BLOCK_TYPES, type SystemBlockType } from "../orchestration/blocks/system-block-types.ts";
import type { BlockType } from "../store/block-types.ts";
import type { StoreReads, StoreTransaction } from "../store/store.ts";
import { newBlockSchema } from "./block-schemas.ts";
import { blockTypeFact, newBlockType } from "./block-types.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { lifecycleEvent } from "./lifecycle-event.ts";
import { serviceCaller } from "./service-caller.ts";

/**
 * Safe to run any number of times, in any number of processes. What is there is left alone, but for the protection:
 * stock clients describe these types in their own words when they use them, and would have to again and again.
 */
export async function installBlockTypes(context: CommandContext, workspaceId: WorkspaceId): Promise<void> {
  const { store, now } = context;
  if ((await missing(store.reads, workspaceId)).length === 0) return;
  await store.transaction(async (tx) => {
    const moment = now();
    for (const definition of await missing(tx, workspaceId)) {
      await install(tx, { caller: serviceCaller(workspaceId), moment }, definition);
    }
  });
}

async function missing(
  reads: Pick<StoreReads, "blockTypes" | "blockSchemas">,
  workspaceId: WorkspaceId,
): Promise<SystemBlockType[]> {
  const slugs = SYSTEM_BLOCK_TYPES.map(({ slug }) => slug);
  const filter = { slug: { any_: slugs } };
  const types = await reads.blockTypes.list(workspaceId, {
    filter,
    schemaFilter: null,
    limit: slugs.length,
    offset: 0,
  });
  const bySlug = new Map(types.map((type) => [type.slug, type]));
  const schemas = await Promise.all(
    SYSTEM_BLOCK_TYPES.map(({ checksum, version }) =>
      reads.blockSchemas.readByChecksum(workspaceId, checksum, version),
    ),
  );
  return SYSTEM_BLOCK_TYPES.filter((definition, index) => {
    const type = bySlug.get(definition.slug);
    const isProtected = type?.is_protected === true || !definition.is_protected;
    return type === undefined || !isProtected || !schemas[index];
  });
}

interface Installation {
  readonly caller: Caller;
  readonly moment: BlockType["created"];
}

async function install(
  tx: StoreTransaction,
  installation: Installation,
  definition: SystemBlockType,
): Promise<void> {
  const type = await ensureType(tx, installation, definition);
  const { capabilities, version, fields, checksum } = definition;
  const body = { block_type_id: type.id, capabilities: [...capabilities], version };
  await tx.blockSchemas.create(newBlockSchema(installation, body, { fields, checksum }));
}

async function ensureType(
  tx: StoreTransaction,
  { caller, moment }: Installation,
  { slug, name, description, is_protected }: SystemBlockType,
): Promise<BlockType> {
  const body = { slug, name, description, logo_url: null, documentation_url: null, code_example: null };
  const fresh = { ...newBlockType(caller, moment, body), is_protected };
  if (await tx.blockTypes.create(fresh)) {
    await tx.outbox.append([lifecycleEvent("created", blockTypeFact(fresh), moment)]);
    return fresh;
  }
  const existing = await tx.blockTypes.readBySlug(caller.workspace_id, slug);
  if (!existing) return fresh;
  if (existing.is_protected || !is_protected) return existing;
  const change = { is_protected, updated: moment, updated_by: null };
  return (await tx.blockTypes.update(caller.workspace_id, existing.id, change)) ?? existing;
}
