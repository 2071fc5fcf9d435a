import type * as contract from "@sluice/schemas";
import type { SavedSearchId, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

export interface SavedSearch extends contract.SavedSearch {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

export interface SavedSearchReads {
  read(workspaceId: WorkspaceId, id: SavedSearchId): Promise<SavedSearch | null>;
  /** By name. */
  list(workspaceId: WorkspaceId, page: Page): Promise<SavedSearch[]>;
}

export interface SavedSearchWrites {
  /** Inserts the search, or gives the one of its name its filters, `updated` and signature. */
  put(search: SavedSearch): Promise<{ readonly search: SavedSearch; readonly created: boolean }>;
  /** False when there was none. */
  delete(workspaceId: WorkspaceId, id: SavedSearchId): Promise<boolean>;
}
