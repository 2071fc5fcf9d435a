/**
 * Runs that background services have to look at, in every workspace. Services only find them here; what happens to a
 * run is decided by a command, under the run's lock, so a run that has moved on in between is left alone.
 */
import type {
  DeploymentId,
  FlowRunId,
  StateId,
  StateType,
  TaskRunId,
  Timestamp,
  WorkspaceId,
} from "@sluice/schemas";

export interface OverdueFlowRun {
  readonly id: FlowRunId;
  readonly workspace_id: WorkspaceId;
  readonly deployment_id: DeploymentId | null;
  readonly state_id: StateId;
  readonly state_type: StateType;
  readonly next_scheduled_start_time: Timestamp | null;
}

export interface OverdueTaskRun {
  readonly id: TaskRunId;
  readonly workspace_id: WorkspaceId;
}

export interface OverdueRunReads {
  /** Runs in a state named exactly "Scheduled" that should have started at or before the moment, most overdue first. */
  listLate(scheduledBefore: Timestamp, limit: number): Promise<OverdueFlowRun[]>;
  /** PAUSED runs whose `pause_timeout` lies before the moment. */
  listExpiredPauses(now: Timestamp, limit: number): Promise<OverdueFlowRun[]>;
  /** Runs that have been CANCELLING since the moment or longer, longest first. */
  listCancelling(since: Timestamp, limit: number): Promise<OverdueFlowRun[]>;
  /** Task runs in no terminal state whose flow run is CANCELLED and ended after the moment. */
  listTaskRunsOfCancelled(endedAfter: Timestamp, limit: number): Promise<OverdueTaskRun[]>;
  /**
   * Subflow runs in no terminal state whose containing flow run is CANCELLED; those of a deployment that are
   * CANCELLING already are left out.
   */
  listSubflowRunsOfCancelled(limit: number): Promise<OverdueFlowRun[]>;
}
