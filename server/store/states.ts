import type { FlowRunId, State, StateId, TaskRunId, WorkspaceId } from "@sluice/schemas";

/** The history of runs: every state that was accepted, never changed afterwards. */
export interface StateReads {
  readFlowRunState(workspaceId: WorkspaceId, id: StateId): Promise<State | null>;
  readTaskRunState(workspaceId: WorkspaceId, id: StateId): Promise<State | null>;
  /** Oldest first; empty for an unknown run. */
  listFlowRunStates(workspaceId: WorkspaceId, flowRunId: FlowRunId): Promise<State[]>;
  listTaskRunStates(workspaceId: WorkspaceId, taskRunId: TaskRunId): Promise<State[]>;
}
