/** What deployments need of a server, beside what runs need (protocol sections 2.1 C and E, 5.1, 5.5). */
import type { DeploymentResponse, deploymentFlowRunCreate } from "@sluice/schemas";
import type { z } from "zod";
import type { FlowResponse, FlowRunResponse, JsonObject, Moment } from "./wire.ts";

export type { DeploymentResponse };

export interface DeploymentsTransport {
  /** Makes the deployment, or changes the one of the same flow and name. */
  create(deployment: DeploymentCreate): Promise<DeploymentResponse>;
  /** @throws ObjectNotFound */
  read(id: string): Promise<DeploymentResponse>;
  /** @throws ObjectNotFound */
  readByName(flowName: string, name: string): Promise<DeploymentResponse>;
  /** @throws ObjectNotFound */
  update(id: string, changes: DeploymentUpdate): Promise<void>;
  /** @throws ObjectNotFound when there is no such deployment, ValidationError for bad parameters */
  createFlowRun(id: string, run: DeploymentFlowRunCreate): Promise<FlowRunResponse>;
  /** Runs that are due before a moment, oldest first. Nobody owns them yet. Tells the server that they are served. */
  scheduledFlowRuns(query: ScheduledFlowRunsQuery): Promise<FlowRunResponse[]>;
  /** @throws ObjectNotFound */
  readFlow(id: string): Promise<FlowResponse>;
}

/** When runs are made: one of the three kinds, told apart by their keys. */
export type ScheduleBody =
  | { interval: number; anchor_date?: Moment; timezone?: string | null }
  | { cron: string; timezone?: string | null; day_or?: boolean }
  | { rrule: string; timezone?: string | null };

export interface DeploymentScheduleBody {
  schedule: ScheduleBody;
  active?: boolean;
  parameters?: JsonObject;
  slug?: string | null;
}

/** What the SDK sends of `POST /deployments/`. */
export interface DeploymentCreate {
  name: string;
  flow_id: string;
  entrypoint?: string | null;
  /** Where relative entrypoints start. */
  path?: string | null;
  pull_steps?: JsonObject[] | null;
  version?: string | null;
  description?: string | null;
  tags?: string[];
  parameters?: JsonObject;
  parameter_openapi_schema?: JsonObject;
  enforce_parameter_schema?: boolean;
  schedules?: DeploymentScheduleBody[];
  paused?: boolean;
  concurrency_limit?: number | null;
  concurrency_options?: {
    collision_strategy: "ENQUEUE" | "CANCEL_NEW";
    grace_period_seconds?: number;
  } | null;
  work_pool_name?: string | null;
  work_queue_name?: string | null;
  job_variables?: JsonObject;
}

export interface DeploymentUpdate {
  paused?: boolean;
}

export type DeploymentFlowRunCreate = z.input<typeof deploymentFlowRunCreate>;

export interface ScheduledFlowRunsQuery {
  deployment_ids: string[];
  scheduled_before: Moment;
  limit?: number;
}
