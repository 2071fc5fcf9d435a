/** Deployments: a flow made runnable elsewhere and on time (protocol section 5.1). */
import { z } from "zod";
import { type CreatedBy, createdBySchema, updatedBySchema } from "./actors.ts";
import {
  type DeploymentSchedule,
  deploymentScheduleCreate,
  deploymentScheduleResponse,
  deploymentScheduleUpdate,
} from "./deployment-schedules.ts";
import {
  integer,
  type JsonObject,
  jsonObject,
  type Labels,
  labelsInput,
  labelsOutput,
  orNull,
  runNameInput,
  tags,
} from "./fields.ts";
import {
  type BlockDocumentId,
  type ConcurrencyLimitId,
  type DeploymentId,
  type FlowId,
  idOutput,
  idSchema,
  type WorkQueueId,
} from "./ids.ts";
import { DEFAULT_FLOW_RUN_POLICY, flowRunPolicyInput } from "./run-policies.ts";
import { stateCreate } from "./states.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

export const DEPLOYMENT_STATUSES = ["READY", "NOT_READY"] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];
export const deploymentStatus = z.enum(DEPLOYMENT_STATUSES).meta({ id: "DeploymentStatus" });

/** What happens to a run that finds every slot of its deployment taken. */
const collisionStrategy = z.enum(["ENQUEUE", "CANCEL_NEW"]).meta({ id: "ConcurrencyLimitStrategy" });

/** How long infrastructure may take to start before its slot is given away; null: the server's default. */
const gracePeriodSeconds = integer.min(60).max(86_400).nullable();

export const concurrencyOptionsInput = z
  .object({ collision_strategy: collisionStrategy, grace_period_seconds: gracePeriodSeconds.default(null) })
  .meta({ id: "ConcurrencyOptionsInput" });
export const concurrencyOptionsOutput = z
  .object({ collision_strategy: collisionStrategy, grace_period_seconds: gracePeriodSeconds })
  .meta({ id: "ConcurrencyOptions" });
export type ConcurrencyOptions = z.output<typeof concurrencyOptionsOutput>;

/** A deployment as the server keeps it. Job variables have the name of their column, which events show too. */
export interface Deployment {
  readonly id: DeploymentId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** Unique in its flow. */
  readonly name: string;
  readonly version: string | null;
  readonly description: string | null;
  readonly flow_id: FlowId;
  readonly work_queue_id: WorkQueueId | null;
  readonly work_queue_name: string | null;
  readonly infra_overrides: JsonObject;
  readonly path: string | null;
  readonly entrypoint: string | null;
  readonly last_polled: Timestamp | null;
  readonly status: DeploymentStatus;
  /** True: its schedules make no runs. */
  readonly paused: boolean;
  readonly concurrency_limit_id: ConcurrencyLimitId | null;
  readonly concurrency_options: ConcurrencyOptions | null;
  readonly tags: readonly string[];
  readonly labels: Labels;
  readonly parameters: JsonObject;
  readonly pull_steps: readonly JsonObject[] | null;
  readonly parameter_openapi_schema: JsonObject | null;
  readonly enforce_parameter_schema: boolean;
  readonly infrastructure_document_id: BlockDocumentId | null;
  readonly storage_document_id: BlockDocumentId | null;
  readonly created_by: CreatedBy | null;
  readonly schedules: readonly DeploymentSchedule[];
}

/** Accepted, and dropped: versions of deployments are not kept. */
const versionInfo = z.looseObject({ type: z.string(), version: z.string() }).meta({ id: "VersionInfo" });

const nullableText = z.string().nullable().optional();
const nullableBlockId = idSchema<"block-document">().nullable().optional();

/** Fields of both bodies; none has a default here, because an upsert writes only what was sent. */
const sharedFields = {
  concurrency_limit: integer.gt(0).nullable().optional(),
  concurrency_options: concurrencyOptionsInput.nullable().optional(),
  global_concurrency_limit_id: idSchema<"concurrency-limit">().nullable().optional(),
  parameter_openapi_schema: jsonObject().nullable().optional(),
  tags: tags.optional(),
  pull_steps: z.array(jsonObject()).nullable().optional(),
  work_queue_name: nullableText,
  work_pool_name: nullableText,
  storage_document_id: nullableBlockId,
  infrastructure_document_id: nullableBlockId,
  description: nullableText,
  path: nullableText,
  version: nullableText,
  entrypoint: nullableText,
  version_info: versionInfo.nullable().optional(),
};

const ONE_LIMIT = {
  message: "A deployment cannot have both a concurrency limit and a global concurrency limit.",
};

interface Limits {
  readonly concurrency_limit?: number | null | undefined;
  readonly global_concurrency_limit_id?: string | null | undefined;
}

function hasOneLimit({ concurrency_limit, global_concurrency_limit_id }: Limits): boolean {
  return !(concurrency_limit && global_concurrency_limit_id);
}

/** Sent by clients older than work pools' present names; ignored. */
const FORMER_FIELDS = [
  "worker_pool_queue_id",
  "worker_pool_name",
  "worker_pool_queue_name",
  "work_pool_queue_name",
];

function withoutFormerFields(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  if (!FORMER_FIELDS.some((name) => name in body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !FORMER_FIELDS.includes(name)));
}

/** `POST /deployments/`: makes the deployment of that flow and name, or writes the keys that are present to it. */
export const deploymentCreate = z.preprocess(
  withoutFormerFields,
  z
    .strictObject({
      name: z.string(),
      flow_id: idSchema<"flow">(),
      paused: z.boolean().optional().meta({ default: false }),
      schedules: z.array(deploymentScheduleCreate).default([]),
      enforce_parameter_schema: z.boolean().optional().meta({ default: true }),
      parameters: jsonObject().optional(),
      labels: labelsInput.optional(),
      job_variables: jsonObject().optional(),
      ...sharedFields,
    })
    .refine(hasOneLimit, ONE_LIMIT)
    .meta({ id: "DeploymentCreate" }),
);
export type DeploymentCreate = z.output<typeof deploymentCreate>;

/** `PATCH /deployments/{id}`: only keys that are present are written. */
export const deploymentUpdate = z.preprocess(
  withoutFormerFields,
  z
    .strictObject({
      paused: z.boolean().optional().meta({ default: false }),
      schedules: z.array(deploymentScheduleUpdate).optional(),
      parameters: jsonObject().nullable().optional(),
      job_variables: jsonObject().nullable().optional(),
      enforce_parameter_schema: z.boolean().nullable().optional(),
      ...sharedFields,
    })
    .refine(hasOneLimit, ONE_LIMIT)
    .meta({ id: "DeploymentUpdate" }),
);
export type DeploymentUpdate = z.output<typeof deploymentUpdate>;

/** `POST /deployments/{id}/create_flow_run`. */
export const deploymentFlowRunCreate = z
  .strictObject({
    state: orNull(stateCreate),
    name: runNameInput,
    parameters: jsonObject().default({}),
    /** Null: as the deployment says. */
    enforce_parameter_schema: orNull(z.boolean()),
    context: jsonObject().default({}),
    infrastructure_document_id: orNull(idSchema<"block-document">()),
    empirical_policy: flowRunPolicyInput.default(DEFAULT_FLOW_RUN_POLICY),
    tags: tags.default([]),
    idempotency_key: orNull(z.string()),
    labels: labelsInput,
    parent_task_run_id: orNull(idSchema<"task-run">()),
    work_queue_name: orNull(z.string()),
    job_variables: jsonObject().nullable().default({}),
  })
  .meta({ id: "DeploymentFlowRunCreate" });
export type DeploymentFlowRunCreate = z.output<typeof deploymentFlowRunCreate>;

export const flowRunCreateResult = z
  .object({
    flow_run_id: idOutput.nullable(),
    status: z.enum(["CREATED", "FAILED"]),
    error: z.string().nullable(),
  })
  .meta({ id: "FlowRunCreateResult" });
export const flowRunBulkCreateResponse = z
  .object({ results: z.array(flowRunCreateResult) })
  .meta({ id: "FlowRunBulkCreateResponse" });
export type FlowRunCreateResult = z.output<typeof flowRunCreateResult>;

export const deploymentResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: z.string(),
    version: z.string().nullable(),
    description: z.string().nullable(),
    flow_id: idOutput,
    paused: z.boolean(),
    schedules: z.array(deploymentScheduleResponse),
    /** Always null; the limit is in `global_concurrency_limit`. */
    concurrency_limit: integer.nullable().meta({ deprecated: true }),
    global_concurrency_limit: z
      .object({
        id: idOutput,
        created: timestampOutput.nullable(),
        updated: timestampOutput.nullable(),
        active: z.boolean(),
        name: z.string(),
        limit: integer,
        active_slots: integer,
        slot_decay_per_second: z.number(),
      })
      .nullable(),
    concurrency_options: concurrencyOptionsOutput.nullable(),
    job_variables: jsonObject(),
    parameters: jsonObject(),
    tags,
    labels: labelsOutput,
    work_queue_name: z.string().nullable(),
    work_queue_id: idOutput.nullable(),
    last_polled: timestampOutput.nullable(),
    parameter_openapi_schema: jsonObject().nullable(),
    path: z.string().nullable(),
    pull_steps: z.array(jsonObject()).nullable(),
    entrypoint: z.string().nullable(),
    storage_document_id: idOutput.nullable(),
    infrastructure_document_id: idOutput.nullable(),
    created_by: createdBySchema.nullable(),
    updated_by: updatedBySchema.nullable(),
    work_pool_name: z.string().nullable(),
    status: deploymentStatus.nullable(),
    enforce_parameter_schema: z.boolean(),
  })
  .meta({ id: "DeploymentResponse" });
export type DeploymentResponse = z.output<typeof deploymentResponse>;

export const deploymentBulkDeleteResponse = z
  .object({ deleted: z.array(idOutput) })
  .meta({ id: "DeploymentBulkDeleteResponse" });
