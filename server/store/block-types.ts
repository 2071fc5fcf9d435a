import type * as contract from "@sluice/schemas";
import type { BlockSchemaFilter, BlockTypeFilter, BlockTypeId, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

export interface BlockType extends contract.BlockType {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

export interface BlockTypeQuery extends Page {
  readonly filter: BlockTypeFilter | null;
  /** Types that have a schema for which this holds. */
  readonly schemaFilter: BlockSchemaFilter | null;
}

export interface BlockTypeReads {
  read(workspaceId: WorkspaceId, id: BlockTypeId): Promise<BlockType | null>;
  readBySlug(workspaceId: WorkspaceId, slug: string): Promise<BlockType | null>;
  readMany(workspaceId: WorkspaceId, ids: readonly BlockTypeId[]): Promise<BlockType[]>;
  /** By name. */
  list(workspaceId: WorkspaceId, query: BlockTypeQuery): Promise<BlockType[]>;
}

export interface BlockTypeWrites {
  /** False when the slug is taken. */
  create(type: BlockType): Promise<boolean>;
  /** Writes only the keys present and answers with the row as it is now; null when there is no such type. */
  update(
    workspaceId: WorkspaceId,
    id: BlockTypeId,
    changes: Partial<
      Pick<BlockType, "logo_url" | "documentation_url" | "description" | "code_example" | "is_protected">
    > &
      Pick<BlockType, "updated" | "updated_by">,
  ): Promise<BlockType | null>;
  /** Deletes the type with its schemas and documents; false when there was none. */
  delete(workspaceId: WorkspaceId, id: BlockTypeId): Promise<boolean>;
}
