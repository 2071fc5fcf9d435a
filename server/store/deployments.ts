/** Deployments with their schedules, and the scheduled runs that go when either changes. */
import type * as contract from "@sluice/schemas";
import type {
  DeploymentId,
  DeploymentScheduleId,
  DeploymentSort,
  FlowId,
  FlowRunId,
  JsonObject,
  Timestamp,
  WorkPoolId,
  WorkQueueId,
  WorkspaceId,
} from "@sluice/schemas";
import type { Actor, Page } from "./common.ts";
import type { ObjectFilters } from "./filters.ts";

export interface DeploymentSchedule extends contract.DeploymentSchedule {
  readonly workspace_id: WorkspaceId;
  readonly created_by: Actor | null;
  readonly updated_by: Actor | null;
}

/** A deployment with what it is read together with: its schedules (changed last, first), its flow and where it runs. */
export interface Deployment extends contract.Deployment {
  readonly workspace_id: WorkspaceId;
  readonly updated_by: Actor | null;
  readonly schedules: readonly DeploymentSchedule[];
  readonly flow: { readonly id: FlowId; readonly name: string };
  readonly work_queue: { readonly id: WorkQueueId; readonly name: string } | null;
  readonly work_pool: {
    readonly id: WorkPoolId;
    readonly name: string;
    readonly type: string;
    readonly base_job_template: JsonObject;
  } | null;
}

/** The columns of a deployment. */
export type DeploymentRow = Omit<Deployment, "schedules" | "flow" | "work_queue" | "work_pool">;

export type DeploymentChanges = Partial<
  Omit<DeploymentRow, "id" | "workspace_id" | "created" | "created_by" | "flow_id" | "name">
>;

export interface DeploymentQuery extends Page {
  readonly filters: ObjectFilters;
  readonly sort: DeploymentSort;
}

export interface DeploymentReference {
  readonly id: DeploymentId;
  readonly workspace_id: WorkspaceId;
}

/** What the scheduler wants to see ahead of every active schedule (protocol section 5.3). */
export interface ScheduleHorizon {
  readonly now: Timestamp;
  /** The last scheduled run should not be before this. */
  readonly until: Timestamp;
  readonly minimumRuns: number;
}

export interface DeploymentReads {
  read(workspaceId: WorkspaceId, id: DeploymentId): Promise<Deployment | null>;
  readByName(workspaceId: WorkspaceId, flowName: string, name: string): Promise<Deployment | null>;
  list(workspaceId: WorkspaceId, query: DeploymentQuery): Promise<Deployment[]>;
  count(workspaceId: WorkspaceId, filters: ObjectFilters): Promise<number>;
  /** Deployments of all workspaces, not paused, of which an active schedule has too few runs ahead. By id, after `after`. */
  listToSchedule(
    horizon: ScheduleHorizon,
    page: { readonly after: DeploymentId | null; readonly limit: number },
  ): Promise<DeploymentReference[]>;
  /** Deployments of all workspaces, not paused, with an active schedule, that were changed since. By id, after `after`. */
  listChanged(
    since: Timestamp,
    page: { readonly after: DeploymentId | null; readonly limit: number },
  ): Promise<DeploymentReference[]>;
  /** READY deployments of all workspaces that, like their queue, were polled last before the moment. */
  listUnpolled(before: Timestamp, limit: number): Promise<DeploymentReference[]>;
}

export interface DeploymentWrites {
  /** False, and nothing written, when the flow has a deployment of that name. */
  create(deployment: DeploymentRow): Promise<boolean>;
  /** Locks a deployment and reads it: its scheduled runs change under this lock only. */
  lock(workspaceId: WorkspaceId, id: DeploymentId): Promise<Deployment | null>;
  /** The same, by flow and name. */
  lockByName(workspaceId: WorkspaceId, flowId: FlowId, name: string): Promise<Deployment | null>;
  /** Writes only the keys present. */
  update(id: DeploymentId, changes: DeploymentChanges): Promise<void>;
  /** Deletes deployments and their schedules; runs stay and keep the id. */
  delete(ids: readonly DeploymentId[]): Promise<void>;
  /** @throws StoreConflictError when a slug is there twice */
  createSchedules(schedules: readonly DeploymentSchedule[]): Promise<void>;
  /**
   * Writes only the keys present; false when the deployment has no such schedule.
   * @throws StoreConflictError when the new slug is taken
   */
  updateSchedule(
    deploymentId: DeploymentId,
    id: DeploymentScheduleId,
    changes: Partial<
      Pick<DeploymentSchedule, "active" | "schedule" | "max_scheduled_runs" | "parameters" | "slug">
    > &
      Pick<DeploymentSchedule, "updated">,
  ): Promise<boolean>;
  /** Deletes one schedule, or all when none is named; returns how many were there. */
  deleteSchedules(deploymentId: DeploymentId, id?: DeploymentScheduleId): Promise<number>;
  /**
   * Deletes runs of a deployment that wait for their time and never ran (protocol section 5.1): SCHEDULED, not waiting
   * for a slot.
   */
  deleteScheduledRuns(
    id: DeploymentId,
    which: { readonly autoScheduledOnly: boolean; readonly after: Timestamp | null },
  ): Promise<FlowRunId[]>;
  /** Notes a poll of deployments, and makes them READY. Returns those that were not. `updated` stays as it is. */
  markPolled(
    workspaceId: WorkspaceId,
    which: { readonly ids?: readonly DeploymentId[]; readonly workQueueIds?: readonly WorkQueueId[] },
    now: Timestamp,
  ): Promise<DeploymentId[]>;
  /** Makes a deployment NOT_READY unless it was polled since; true when it was READY. `updated` stays as it is. */
  markNotReady(id: DeploymentId, unpolledSince: Timestamp): Promise<boolean>;
}
