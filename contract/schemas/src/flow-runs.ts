/** Flow runs: one execution of a flow (protocol sections 2.2 and 3). */
import { z } from "zod";
import { type CreatedBy, createdBySchema } from "./actors.ts";
import {
  integer,
  type JsonObject,
  jsonObject,
  type Labels,
  labelsInput,
  labelsOutput,
  orNull,
  runNameInput,
  secondsOutput,
  tags,
} from "./fields.ts";
import {
  type BlockDocumentId,
  type DeploymentId,
  type FlowId,
  type FlowRunId,
  idOutput,
  idSchema,
  type TaskRunId,
  type WorkPoolId,
  type WorkQueueId,
} from "./ids.ts";
import {
  DEFAULT_FLOW_RUN_POLICY,
  type FlowRunPolicy,
  flowRunPolicyInput,
  flowRunPolicyOutput,
} from "./run-policies.ts";
import { type State, stateCreate, stateResponse, stateType } from "./states.ts";
import { type Duration, type Timestamp, timestampOutput } from "./timestamps.ts";

/**
 * A flow run as the server keeps it. The current state is `state` and nothing else: the wire's `state_id`,
 * `state_type` and `state_name` are read off it, and the estimates are made from it and the clock
 * (see `run-estimates.ts`).
 */
export interface FlowRun {
  readonly id: FlowRunId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly name: string;
  readonly flow_id: FlowId;
  readonly deployment_id: DeploymentId | null;
  readonly deployment_version: string | null;
  readonly work_queue_id: WorkQueueId | null;
  readonly work_queue_name: string | null;
  readonly work_pool_id: WorkPoolId | null;
  readonly work_pool_name: string | null;
  readonly flow_version: string | null;
  readonly parameters: JsonObject;
  readonly idempotency_key: string | null;
  readonly context: JsonObject;
  readonly empirical_policy: FlowRunPolicy;
  readonly tags: readonly string[];
  readonly labels: Labels;
  /** The task run in the parent flow run that stands for this run, when this is a subflow's. */
  readonly parent_task_run_id: TaskRunId | null;
  /** How often the run has entered RUNNING, resumes not counted. */
  readonly run_count: number;
  readonly expected_start_time: Timestamp | null;
  readonly next_scheduled_start_time: Timestamp | null;
  /** First RUNNING. */
  readonly start_time: Timestamp | null;
  /** Set while the run is in a terminal state. */
  readonly end_time: Timestamp | null;
  /** Time spent in RUNNING, up to the last time it was left. */
  readonly total_run_time: Duration;
  readonly auto_scheduled: boolean;
  readonly infrastructure_document_id: BlockDocumentId | null;
  readonly infrastructure_pid: string | null;
  readonly created_by: CreatedBy | null;
  readonly job_variables: JsonObject | null;
  readonly state: State | null;
}

/** `POST /flow_runs/`. The cap on the size of `parameters` is a server setting, enforced by the API. */
export const flowRunCreate = z
  .strictObject({
    state: orNull(stateCreate),
    name: runNameInput,
    flow_id: idSchema<"flow">(),
    flow_version: orNull(z.string()),
    parameters: jsonObject().default({}),
    context: jsonObject().default({}),
    parent_task_run_id: orNull(idSchema<"task-run">()),
    infrastructure_document_id: orNull(idSchema<"block-document">()),
    empirical_policy: flowRunPolicyInput.default(DEFAULT_FLOW_RUN_POLICY),
    tags: tags.default([]),
    labels: labelsInput,
    idempotency_key: orNull(z.string()),
    work_pool_name: orNull(z.string()),
    work_queue_name: orNull(z.string()),
    job_variables: orNull(jsonObject()),
    deployment_id: orNull(idSchema<"deployment">()).meta({ deprecated: true }),
  })
  .meta({ id: "FlowRunCreate" });
export type FlowRunCreate = z.output<typeof flowRunCreate>;

/**
 * `PATCH /flow_runs/{id}`: only keys that are present are written, null included. A present but empty `name` asks for
 * a fresh invented one.
 */
export const flowRunUpdate = z
  .strictObject({
    name: z.string().nullable().optional(),
    flow_version: z.string().nullable().optional(),
    parameters: jsonObject().optional(),
    empirical_policy: flowRunPolicyInput.optional(),
    tags: tags.optional(),
    infrastructure_pid: z.string().nullable().optional(),
    job_variables: jsonObject().nullable().optional(),
  })
  .meta({ id: "FlowRunUpdate" });
export type FlowRunUpdate = z.output<typeof flowRunUpdate>;

export const flowRunResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: z.string(),
    flow_id: idOutput,
    state_id: idOutput.nullable(),
    deployment_id: idOutput.nullable(),
    deployment_version: z.string().nullable(),
    work_queue_id: idOutput.nullable(),
    work_queue_name: z.string().nullable(),
    flow_version: z.string().nullable(),
    parameters: jsonObject(),
    idempotency_key: z.string().nullable(),
    context: jsonObject(),
    empirical_policy: flowRunPolicyOutput,
    tags,
    labels: labelsOutput,
    parent_task_run_id: idOutput.nullable(),
    state_type: stateType.nullable(),
    state_name: z.string().nullable(),
    run_count: integer,
    expected_start_time: timestampOutput.nullable(),
    next_scheduled_start_time: timestampOutput.nullable(),
    start_time: timestampOutput.nullable(),
    end_time: timestampOutput.nullable(),
    total_run_time: secondsOutput,
    estimated_run_time: secondsOutput,
    estimated_start_time_delta: secondsOutput,
    auto_scheduled: z.boolean(),
    infrastructure_document_id: idOutput.nullable(),
    infrastructure_pid: z.string().nullable(),
    created_by: createdBySchema.nullable(),
    work_pool_id: idOutput.nullable(),
    work_pool_name: z.string().nullable(),
    state: stateResponse.nullable(),
    job_variables: jsonObject().nullable(),
  })
  .meta({ id: "FlowRunResponse" });
export type FlowRunResponse = z.output<typeof flowRunResponse>;

/** `POST /flow_runs/bulk_delete`: the runs that were found and deleted. */
export const flowRunBulkDeleteResponse = z
  .object({ deleted: z.array(idOutput) })
  .meta({ id: "FlowRunBulkDeleteResponse" });
export type FlowRunBulkDeleteResponse = z.output<typeof flowRunBulkDeleteResponse>;
