import type * as contract from "@sluice/schemas";
import type {
  ArtifactCollectionFilter,
  ArtifactCollectionId,
  ArtifactFilter,
  ArtifactId,
  ArtifactSort,
  WorkspaceId,
} from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";
import type { ObjectFilters } from "./filters.ts";

export interface Artifact extends contract.Artifact {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

/** The newest artifact of a key. Only which one it is and since when is stored; the rest is the artifact's own. */
export interface ArtifactCollection extends contract.ArtifactCollection {
  readonly workspace_id: WorkspaceId;
}

interface ArtifactSelection<Filter> {
  readonly filter: Partial<Filter>;
  readonly filters: Pick<ObjectFilters, "flows" | "flow_runs" | "task_runs" | "deployments">;
}

export interface ArtifactQuery extends ArtifactSelection<ArtifactFilter>, Page {
  readonly sort: ArtifactSort;
}

export interface ArtifactCollectionQuery extends ArtifactSelection<ArtifactCollectionFilter>, Page {
  /** By the columns of the collection. */
  readonly sort: ArtifactSort;
}

export interface ArtifactReads {
  read(workspaceId: WorkspaceId, id: ArtifactId): Promise<Artifact | null>;
  list(workspaceId: WorkspaceId, query: ArtifactQuery): Promise<Artifact[]>;
  count(workspaceId: WorkspaceId, selection: ArtifactSelection<ArtifactFilter>): Promise<number>;
  readCollection(workspaceId: WorkspaceId, key: string): Promise<ArtifactCollection | null>;
  listCollections(workspaceId: WorkspaceId, query: ArtifactCollectionQuery): Promise<ArtifactCollection[]>;
  countCollections(
    workspaceId: WorkspaceId,
    selection: ArtifactSelection<ArtifactCollectionFilter>,
  ): Promise<number>;
}

/** Which artifact of a key is the newest, and what the collection shows as its moments. */
export type LatestArtifact = Pick<
  ArtifactCollection,
  "workspace_id" | "key" | "latest_id" | "created" | "updated"
>;

export interface ArtifactWrites {
  create(artifact: Artifact): Promise<void>;
  /** Writes only the keys present; false when there is no such artifact. A collection that shows it changes with it. */
  update(
    workspaceId: WorkspaceId,
    id: ArtifactId,
    changes: Partial<Pick<Artifact, "data" | "description" | "metadata_">> &
      Pick<Artifact, "updated" | "updated_by">,
  ): Promise<boolean>;
  /** Deletes the row alone; false when there was none. The caller holds the lock of its collection. */
  delete(workspaceId: WorkspaceId, id: ArtifactId): Promise<boolean>;
  /** The collection of a key, locked until the transaction ends, so that what is newest stays so. */
  lockCollection(workspaceId: WorkspaceId, key: string): Promise<ArtifactCollection | null>;
  /**
   * Makes an artifact that is stored the newest of its key. Without a collection one is made under `id`; an existing
   * one keeps its id and creation. Answers with the id of the collection.
   */
  putLatest(id: ArtifactCollectionId, latest: LatestArtifact): Promise<ArtifactCollectionId>;
  /** Makes another artifact the newest of a collection, moments included. */
  replaceLatest(id: ArtifactCollectionId, latest: LatestArtifact): Promise<void>;
  deleteCollection(id: ArtifactCollectionId): Promise<void>;
}
