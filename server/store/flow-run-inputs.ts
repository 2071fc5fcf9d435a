import type { FlowRunId, RunInputRecord, WorkspaceId } from "@sluice/schemas";

/** What a person or another flow sent to a run (protocol section 9.4). */
export interface FlowRunInput extends RunInputRecord {
  readonly workspace_id: WorkspaceId;
}

export interface FlowRunInputReads {
  read(workspaceId: WorkspaceId, flowRunId: FlowRunId, key: string): Promise<FlowRunInput | null>;
  /** Keys that begin with `prefix`, oldest first. */
  list(
    workspaceId: WorkspaceId,
    query: {
      readonly flow_run_id: FlowRunId;
      readonly prefix: string;
      readonly exclude_keys: readonly string[];
      readonly limit: number;
    },
  ): Promise<FlowRunInput[]>;
}

export interface FlowRunInputWrites {
  /** @throws StoreConflictError when the key is taken or the flow run doesn't exist */
  create(input: FlowRunInput): Promise<void>;
  /** Inserts, or replaces the value of the same key. */
  put(input: FlowRunInput): Promise<void>;
  /** False when there was none. */
  delete(workspaceId: WorkspaceId, flowRunId: FlowRunId, key: string): Promise<boolean>;
}
