import type * as contract from "@sluice/schemas";
import type { FlowId, WorkspaceId, FlowSort } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";
import type { ObjectFilters } from "./filters.ts";

export interface Flow extends contract.Flow {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

export interface FlowReads {
  read(workspaceId: WorkspaceId, id: FlowId): Promise<Flow | null>;
  readByName(workspaceId: WorkspaceId, name: string): Promise<Flow | null>;
  list(
    workspaceId: WorkspaceId,
    query: { readonly filters: ObjectFilters; readonly sort: FlowSort } & Page,
  ): Promise<Flow[]>;
  count(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<number>;
  /** `POST /ui/flows/count-deployments`: the number of deployments by flow; flows without any are 0. */
  countDeployments(workspaceId: WorkspaceId, ids: readonly FlowId[]): Promise<Map<FlowId, number>>;
}

export interface FlowWrites {
  /** Inserts the flow, or finds the one of the same name and leaves it as it is. */
  create(flow: Flow): Promise<{ readonly flow: Flow; readonly created: boolean }>;
  /** Writes only the keys present; null when there is no such flow. */
  update(
    workspaceId: WorkspaceId,
    id: FlowId,
    changes: Partial<Pick<Flow, "tags" | "labels">> & Pick<Flow, "updated" | "updated_by">,
  ): Promise<Flow | null>;
  /** Deletes flows with their deployments and their runs and all that hangs on those. Returns the flows that were there. */
  delete(workspaceId: WorkspaceId, ids: readonly FlowId[]): Promise<Flow[]>;
}
