/** Workers: the processes that take runs from a work pool (protocol section 5.6). */
import { z } from "zod";
import { integer, labelsOutput } from "./fields.ts";
import { flowRunResponse } from "./flow-runs.ts";
import { idOutput, type WorkerId, type WorkPoolId } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

export const WORKER_STATUSES = ["ONLINE", "OFFLINE"] as const;
export type WorkerStatus = (typeof WORKER_STATUSES)[number];
export const workerStatus = z.enum(WORKER_STATUSES).meta({ id: "WorkerStatus" });

export interface Worker {
  readonly id: WorkerId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly work_pool_id: WorkPoolId;
  /** Unique in its pool. */
  readonly name: string;
  readonly last_heartbeat_time: Timestamp;
  /** As the worker stated it; null: it stated none. */
  readonly heartbeat_interval_seconds: number | null;
  readonly status: WorkerStatus;
}

/** `POST /work_pools/{work_pool_name}/workers/heartbeat`; what other clients add to it is ignored. */
export const workerHeartbeat = z.object({
  name: z.string(),
  heartbeat_interval_seconds: integer.nullish(),
});
export type WorkerHeartbeat = z.output<typeof workerHeartbeat>;

export const workerResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    name: z.string(),
    work_pool_id: idOutput,
    last_heartbeat_time: timestampOutput.nullable(),
    heartbeat_interval_seconds: integer.nullable(),
    status: workerStatus,
  })
  .meta({ id: "WorkerResponse" });
export type WorkerResponse = z.output<typeof workerResponse>;

/** A run that may begin, and where it waits: `POST /work_pools/{name}/get_scheduled_flow_runs`. */
export const workerFlowRunResponse = z
  .object({
    work_pool_id: idOutput,
    work_queue_id: idOutput,
    flow_run: flowRunResponse
      .omit({ work_pool_id: true, work_pool_name: true })
      .extend({ labels: labelsOutput.nullable() })
      .meta({ id: "FlowRun" }),
  })
  .meta({ id: "WorkerFlowRunResponse" });
export type WorkerFlowRunResponse = z.output<typeof workerFlowRunResponse>;
