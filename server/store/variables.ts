import type * as contract from "@sluice/schemas";
import type { VariableFilter, VariableId, VariableSort, WorkspaceId } from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";

export interface Variable extends contract.Variable {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

export interface VariableQuery extends Page {
  readonly filter: VariableFilter | null;
  readonly sort: VariableSort;
}

export interface VariableReads {
  read(workspaceId: WorkspaceId, id: VariableId): Promise<Variable | null>;
  readByName(workspaceId: WorkspaceId, name: string): Promise<Variable | null>;
  list(workspaceId: WorkspaceId, query: VariableQuery): Promise<Variable[]>;
  count(workspaceId: WorkspaceId, filter: VariableFilter | null): Promise<number>;
}

export interface VariableWrites {
  /** @throws StoreConflictError when the name is taken */
  create(variable: Variable): Promise<void>;
  /**
   * Writes only the keys present and answers with the row as it is now; null when there is no such variable.
   * @throws StoreConflictError when the new name is taken
   */
  update(
    workspaceId: WorkspaceId,
    id: VariableId,
    changes: Partial<Pick<Variable, "name" | "value" | "tags">> & Pick<Variable, "updated" | "updated_by">,
  ): Promise<Variable | null>;
  /** Answers with the row as it was; null when there was none. */
  delete(workspaceId: WorkspaceId, id: VariableId): Promise<Variable | null>;
}
