import type { FlowRunId, Id, Timestamp, WorkspaceId } from "@sluice/schemas";

/** What a person or another flow sent to a run (protocol section 9.4). */
export interface FlowRunInput {
  readonly id: Id<"flow-run-input">;
  readonly workspace_id: WorkspaceId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly flow_run_id: FlowRunId;
  readonly key: string;
  readonly value: string;
  readonly sender: string | null;
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
