/** Work queues: the lanes of a work pool (protocol section 5.4). */
import { z } from "zod";
import { integer, orNull, pathName } from "./fields.ts";
import { type DeploymentId, idOutput, idSchema, type WorkPoolId, type WorkQueueId } from "./ids.ts";
import { type Timestamp, timestampInput, timestampOutput } from "./timestamps.ts";
import { concurrencyLimitInput } from "./work-pools.ts";

/** The queue that every pool has. */
export const DEFAULT_QUEUE_NAME = "default";

export const WORK_QUEUE_STATUSES = ["READY", "NOT_READY", "PAUSED"] as const;
export type WorkQueueStatus = (typeof WORK_QUEUE_STATUSES)[number];
export const workQueueStatus = z.enum(WORK_QUEUE_STATUSES).meta({ id: "WorkQueueStatus" });

/** Which runs a queue of old had: those with all the tags, of some deployments. */
export interface QueueFilter {
  readonly tags: readonly string[] | null;
  readonly deployment_ids: readonly DeploymentId[] | null;
}

export interface WorkQueue {
  readonly id: WorkQueueId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  /** Unique in its pool. */
  readonly name: string;
  readonly description: string;
  readonly is_paused: boolean;
  /** How many of its runs may be PENDING or RUNNING at once; null: any number. */
  readonly concurrency_limit: number | null;
  /** 1 comes first; unique in its pool. */
  readonly priority: number;
  readonly filter: QueueFilter | null;
  readonly last_polled: Timestamp | null;
  readonly status: WorkQueueStatus;
  readonly work_pool_id: WorkPoolId;
  readonly work_pool_name: string;
}

const queueFilter = z
  .object({
    tags: orNull(z.array(z.string())),
    deployment_ids: orNull(z.array(idSchema<"deployment">())),
  })
  .meta({ id: "QueueFilter" });

const priorityInput = integer.gt(0).nullable();

/** `POST /work_queues/` and `POST /work_pools/{work_pool_name}/queues`. */
export const workQueueCreate = z
  .strictObject({
    name: pathName,
    description: z.string().nullable().default(""),
    is_paused: z.boolean().default(false),
    concurrency_limit: concurrencyLimitInput.default(null),
    priority: priorityInput.default(null),
    filter: orNull(queueFilter).meta({ deprecated: true }),
  })
  .meta({ id: "WorkQueueCreate" });
export type WorkQueueCreate = z.output<typeof workQueueCreate>;

/** `PATCH` of a queue: only keys that are present are written. */
export const workQueueUpdate = z
  .strictObject({
    name: z.string().nullable().optional(),
    description: z.string().nullable().optional(),
    is_paused: z.boolean().optional().meta({ default: false }),
    concurrency_limit: concurrencyLimitInput.optional(),
    priority: priorityInput.optional(),
    last_polled: timestampInput.nullable().optional(),
    filter: queueFilter.nullable().optional().meta({ deprecated: true }),
  })
  .meta({ id: "WorkQueueUpdate" });
export type WorkQueueUpdate = z.output<typeof workQueueUpdate>;

export const workQueueResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: pathName,
    description: z.string().nullable(),
    is_paused: z.boolean(),
    concurrency_limit: integer.nullable(),
    priority: integer,
    work_pool_id: idOutput.nullable(),
    filter: z
      .object({ tags: z.array(z.string()).nullable(), deployment_ids: z.array(idOutput).nullable() })
      .nullable()
      .meta({ deprecated: true }),
    last_polled: timestampOutput.nullable(),
    work_pool_name: z.string().nullable(),
    status: workQueueStatus.nullable(),
    /** Runs that take a slot; null when nothing limits them. */
    active_slots: integer.nullable(),
  })
  .meta({ id: "WorkQueueResponse" });
export type WorkQueueResponse = z.output<typeof workQueueResponse>;

/** `GET /work_queues/{id}/status`. */
export const workQueueStatusDetail = z
  .object({
    healthy: z.boolean(),
    late_runs_count: integer,
    last_polled: timestampOutput.nullable(),
    health_check_policy: z
      .object({
        maximum_late_runs: integer.nullable(),
        maximum_seconds_since_last_polled: integer.nullable(),
      })
      .meta({ id: "WorkQueueHealthPolicy" }),
  })
  .meta({ id: "WorkQueueStatusDetail" });
export type WorkQueueStatusDetail = z.output<typeof workQueueStatusDetail>;
