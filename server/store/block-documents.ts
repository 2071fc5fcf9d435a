import type {
  BlockDocumentFilter,
  BlockDocumentId,
  BlockDocumentSort,
  BlockSchemaFilter,
  BlockSchemaId,
  BlockTypeFilter,
  BlockTypeId,
  Timestamp,
  WorkspaceId,
} from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

export interface BlockDocument {
  readonly id: BlockDocumentId;
  readonly workspace_id: WorkspaceId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** Unique in its type. */
  readonly name: string;
  /** Sealed: no store ever sees what is inside. */
  readonly data: string;
  readonly is_anonymous: boolean;
  readonly block_type_name: string | null;
  readonly block_type_id: BlockTypeId;
  readonly block_schema_id: BlockSchemaId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

/** One document stands in another one's data, under a name of the top level. */
export interface BlockDocumentReference {
  readonly name: string;
  readonly parent_block_document_id: BlockDocumentId;
  readonly reference_block_document_id: BlockDocumentId;
}

/** Documents, and all that they lead to. */
export interface BlockDocumentTree {
  readonly documents: readonly BlockDocument[];
  readonly references: readonly BlockDocumentReference[];
}

export interface BlockDocumentSelection {
  readonly filter: BlockDocumentFilter;
  readonly typeFilter: BlockTypeFilter | null;
  readonly schemaFilter: BlockSchemaFilter | null;
}

export interface BlockDocumentQuery extends BlockDocumentSelection, Omit<Page, "limit"> {
  readonly sort: BlockDocumentSort;
  /** Null: all of them. */
  readonly limit: number | null;
}

export interface BlockDocumentReads {
  read(workspaceId: WorkspaceId, id: BlockDocumentId): Promise<BlockDocument | null>;
  /** By the slug of its type and its own name. */
  readByName(workspaceId: WorkspaceId, slug: string, name: string): Promise<BlockDocument | null>;
  list(workspaceId: WorkspaceId, query: BlockDocumentQuery): Promise<BlockDocument[]>;
  count(workspaceId: WorkspaceId, selection: BlockDocumentSelection): Promise<number>;
  readTree(workspaceId: WorkspaceId, ids: readonly BlockDocumentId[]): Promise<BlockDocumentTree>;
}

export interface BlockDocumentWrites {
  /** False when the type has a document of that name. @throws StoreConflictError when there is no such schema */
  create(document: BlockDocument): Promise<boolean>;
  /** Keeps others from changing the documents, and what they refer to, until the transaction ends. */
  lock(ids: readonly BlockDocumentId[]): Promise<void>;
  /** False when there is no such document. */
  update(
    workspaceId: WorkspaceId,
    id: BlockDocumentId,
    changes: Partial<Pick<BlockDocument, "data" | "block_schema_id">> &
      Pick<BlockDocument, "updated" | "updated_by">,
  ): Promise<boolean>;
  /** False when there was none. References to it end with it. */
  delete(workspaceId: WorkspaceId, id: BlockDocumentId): Promise<boolean>;
  /** Makes these the references of a document, instead of those that it has. @throws StoreConflictError when one leads nowhere */
  replaceReferences(parent: BlockDocumentId, references: ReadonlyMap<string, BlockDocumentId>): Promise<void>;
}
