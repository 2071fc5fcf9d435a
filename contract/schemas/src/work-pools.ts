/** Work pools: where runs wait for workers of one type (protocol section 5.4). */
import { z } from "zod";
import { integer, type JsonObject, jsonObject, orNull, pathName, secondsOutput } from "./fields.ts";
import { type BlockDocumentId, idOutput, idSchema, type WorkPoolId, type WorkQueueId } from "./ids.ts";
import { jobTemplateInput } from "./job-templates.ts";
import { type StateType, stateType } from "./states.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

/** The pool of the legacy work-queue routes, made on demand. */
export const DEFAULT_AGENT_POOL_NAME = "default-agent-pool";
/** The type of pools without workers; they have no status. */
export const AGENT_POOL_TYPE = "prefect-agent";

/** Runs in these states hold a slot of their pool and queue. */
export const SLOT_STATES = ["PENDING", "RUNNING"] as const satisfies readonly StateType[];

/** False for pools of agents: there are no workers by which to tell. */
export function hasPoolStatus({ type }: { readonly type: string }): boolean {
  return type !== AGENT_POOL_TYPE;
}

export const WORK_POOL_STATUSES = ["READY", "NOT_READY", "PAUSED"] as const;
export type WorkPoolStatus = (typeof WORK_POOL_STATUSES)[number];
export const workPoolStatus = z.enum(WORK_POOL_STATUSES).meta({ id: "WorkPoolStatus" });

/** Where code that is submitted without a deployment is put, and where results go. */
export interface WorkPoolStorage {
  readonly bundle_upload_step: JsonObject | null;
  readonly bundle_execution_step: JsonObject | null;
  readonly default_result_storage_block_id: BlockDocumentId | null;
}

export interface WorkPool {
  readonly id: WorkPoolId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** Unique in its workspace. */
  readonly name: string;
  readonly description: string | null;
  /** Of the workers that serve it, e.g. `process`. */
  readonly type: string;
  readonly base_job_template: JsonObject;
  readonly is_paused: boolean;
  /** How many of its runs may be PENDING or RUNNING at once; null: any number. */
  readonly concurrency_limit: number | null;
  readonly status: WorkPoolStatus;
  readonly default_queue_id: WorkQueueId | null;
  readonly storage_configuration: WorkPoolStorage;
}

const storageInput = z
  .strictObject({
    bundle_upload_step: orNull(jsonObject()),
    bundle_execution_step: orNull(jsonObject()),
    default_result_storage_block_id: orNull(idSchema<"block-document">()),
  })
  .meta({ id: "WorkPoolStorageConfiguration" });

const NO_STORAGE: WorkPoolStorage = {
  bundle_upload_step: null,
  bundle_execution_step: null,
  default_result_storage_block_id: null,
};

const workPoolName = z.preprocess((value, context) => {
  if (typeof value === "string" && value.replace(/^['" ]+/, "") === "") {
    context.addIssue({ code: "custom", message: "name cannot be an empty string" });
    return z.NEVER;
  }
  return value;
}, pathName);

export const concurrencyLimitInput = integer.min(0).nullable();

/** `POST /work_pools/`. */
export const workPoolCreate = z
  .strictObject({
    name: workPoolName,
    description: orNull(z.string()),
    type: z.string().default(AGENT_POOL_TYPE),
    base_job_template: jobTemplateInput.default({}),
    is_paused: z.boolean().default(false),
    concurrency_limit: concurrencyLimitInput.default(null),
    storage_configuration: storageInput.default(NO_STORAGE),
  })
  .meta({ id: "WorkPoolCreate" });
export type WorkPoolCreate = z.output<typeof workPoolCreate>;

/** `PATCH /work_pools/{name}`: only keys that are present are written. */
export const workPoolUpdate = z
  .strictObject({
    description: z.string().nullable().optional(),
    is_paused: z.boolean().nullable().optional(),
    base_job_template: jobTemplateInput.nullable().optional(),
    concurrency_limit: concurrencyLimitInput.optional(),
    storage_configuration: storageInput.nullable().optional(),
  })
  .meta({ id: "WorkPoolUpdate" });
export type WorkPoolUpdate = z.output<typeof workPoolUpdate>;

export const workPoolResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: pathName,
    description: z.string().nullable(),
    type: z.string(),
    base_job_template: jsonObject(),
    is_paused: z.boolean(),
    concurrency_limit: integer.nullable(),
    status: workPoolStatus.nullable(),
    default_queue_id: idOutput.nullable(),
    storage_configuration: z.object({
      bundle_upload_step: jsonObject().nullable(),
      bundle_execution_step: jsonObject().nullable(),
      default_result_storage_block_id: idOutput.nullable().optional(),
    }),
    /** Runs that are PENDING or RUNNING; null when nothing limits them. */
    active_slots: integer.nullable(),
  })
  .meta({ id: "WorkPoolResponse" });
export type WorkPoolResponse = z.output<typeof workPoolResponse>;

/** A run that takes a slot of a pool or queue. */
export const flowRunSlotSummary = z
  .object({
    id: idOutput,
    name: z.string(),
    state_type: stateType.nullable(),
    state_name: z.string().nullable(),
    start_time: timestampOutput.nullable(),
    state_timestamp: timestampOutput.nullable(),
    time_in_current_state: secondsOutput.nullable(),
  })
  .meta({ id: "FlowRunSlotSummary" });
export type FlowRunSlotSummary = z.output<typeof flowRunSlotSummary>;

const page = { count: integer, limit: integer, pages: integer, page: integer };

/** `POST /work_pools/{name}/concurrency_status`: a page of queues, each with the runs that hold its slots. */
export const workPoolConcurrencyStatus = z
  .object({
    active_slots: integer,
    concurrency_limit: integer.nullable(),
    queues: z.array(
      z
        .object({
          queue_id: idOutput,
          queue_name: z.string(),
          active_slots: integer,
          concurrency_limit: integer.nullable(),
          flow_runs: z.array(flowRunSlotSummary),
          flow_run_count: integer.nullable(),
        })
        .meta({ id: "WorkQueueConcurrencyStatusDetail" }),
    ),
    ...page,
  })
  .meta({ id: "WorkPoolConcurrencyStatus" });
export type WorkPoolConcurrencyStatus = z.output<typeof workPoolConcurrencyStatus>;

/** `POST /work_queues/{id}/concurrency_status`: a page of the runs that hold the queue's slots. */
export const workQueueConcurrencyStatus = z
  .object({
    active_slots: integer,
    concurrency_limit: integer.nullable(),
    flow_runs: z.array(flowRunSlotSummary),
    ...page,
  })
  .meta({ id: "WorkQueueConcurrencyStatus" });
export type WorkQueueConcurrencyStatus = z.output<typeof workQueueConcurrencyStatus>;

/** Names that only the server gives to pools. */
export function isReservedPoolName(name: string): boolean {
  return name.toLowerCase().startsWith("prefect");
}
