import type * as contract from "@sluice/schemas";
import type { ArtifactId, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";
import type { ArtifactFilter, ObjectFilters } from "./filters.ts";

export interface Artifact extends contract.Artifact {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

export type ArtifactSort = "CREATED_DESC" | "UPDATED_DESC" | "ID_DESC" | "KEY_DESC" | "KEY_ASC";

export interface ArtifactQuery extends Page {
  readonly filter: ArtifactFilter;
  readonly filters: Pick<ObjectFilters, "flows" | "flow_runs" | "task_runs" | "deployments">;
  readonly sort: ArtifactSort;
}

export interface ArtifactReads {
  read(workspaceId: WorkspaceId, id: ArtifactId): Promise<Artifact | null>;
  list(workspaceId: WorkspaceId, query: ArtifactQuery): Promise<Artifact[]>;
  count(workspaceId: WorkspaceId, query: Omit<ArtifactQuery, keyof Page | "sort">): Promise<number>;
}

export interface ArtifactWrites {
  create(artifact: Artifact): Promise<void>;
}
