import type * as contract from "@sluice/schemas";
import type { BlockSchemaFilter, BlockSchemaId, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

/** As stored: its fields have neither references to other schemas nor the definitions that these bring. */
export interface BlockSchema extends contract.BlockSchema {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

/** A field of one schema holds documents of another. */
export interface BlockSchemaReference {
  /** The field. */
  readonly name: string;
  readonly parent_block_schema_id: BlockSchemaId;
  readonly reference_block_schema_id: BlockSchemaId;
}

/** Schemas, and all that they lead to. */
export interface BlockSchemaTree {
  readonly schemas: readonly BlockSchema[];
  /** In the order in which they were made. */
  readonly references: readonly BlockSchemaReference[];
}

export interface BlockSchemaQuery extends Page {
  readonly filter: BlockSchemaFilter | null;
}

export interface BlockSchemaReads {
  read(workspaceId: WorkspaceId, id: BlockSchemaId): Promise<BlockSchema | null>;
  /** The newest of its versions when the version is null. */
  readByChecksum(
    workspaceId: WorkspaceId,
    checksum: string,
    version: string | null,
  ): Promise<BlockSchema | null>;
  /** Newest first. */
  list(workspaceId: WorkspaceId, query: BlockSchemaQuery): Promise<BlockSchema[]>;
  readTree(workspaceId: WorkspaceId, ids: readonly BlockSchemaId[]): Promise<BlockSchemaTree>;
  /** Each once, in alphabetical order. */
  listCapabilities(workspaceId: WorkspaceId): Promise<string[]>;
}

export interface BlockSchemaWrites {
  /** False when the checksum and version are there. */
  create(schema: BlockSchema): Promise<boolean>;
  createReference(reference: BlockSchemaReference): Promise<void>;
  /** Deletes the schema with its documents; false when there was none. */
  delete(workspaceId: WorkspaceId, id: BlockSchemaId): Promise<boolean>;
}
