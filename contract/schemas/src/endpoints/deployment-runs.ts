/** Endpoints of a deployment's schedules and of the runs made from it. */
import { z } from "zod";
import {
  deploymentScheduleCreate,
  deploymentScheduleResponse,
  deploymentScheduleUpdate,
} from "../deployment-schedules.ts";
import { deploymentFlowRunCreate, flowRunBulkCreateResponse } from "../deployments.ts";
import { documentedAs } from "../documented-as.ts";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { flowRunResponse } from "../flow-runs.ts";
import { idOutput, idSchema } from "../ids.ts";
import { idParam } from "../parameters.ts";
import { limitField, omittable } from "../request-fields.ts";
import { timestampInput, timestampOutput } from "../timestamps.ts";

const tag = "Deployments";
const params = idParam<"deployment">();
const scheduleParams = z.object({
  id: idSchema<"deployment">(),
  schedule_id: idSchema<"deployment-schedule">(),
});

/** How many runs one call makes at most; more are refused by the command, as upstream. */
export const MAXIMUM_BULK_FLOW_RUNS = 100;

export const deploymentRunEndpoints = {
  readScheduledFlowRuns: endpoint({
    operationId: "readScheduledFlowRuns",
    method: "POST",
    path: "/deployments/get_scheduled_flow_runs",
    tag,
    summary: "The runs of deployments that are due, oldest first; whoever asks makes the deployments ready",
    body: z.object({
      deployment_ids: z.array(idSchema<"deployment">()),
      scheduled_before: omittable(timestampInput),
      limit: limitField,
    }),
    statuses: [200],
    response: z.array(flowRunResponse),
  }),
  scheduleDeployment: endpoint({
    operationId: "scheduleDeployment",
    method: "POST",
    path: "/deployments/{id}/schedule",
    tag,
    summary: "Make the runs of a deployment's schedules in a stretch of time",
    params,
    body: z.object({
      start_time: omittable(timestampInput),
      end_time: omittable(timestampInput),
      /** Seconds after the start until which runs are made at least. */
      min_time: omittable(z.number().meta(documentedAs({ type: "number", format: "time-delta" }))),
      min_runs: omittable(integer),
      max_runs: omittable(integer),
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.null(),
  }),
  resumeDeployment: endpoint({
    operationId: "resumeDeployment",
    method: "POST",
    path: "/deployments/{id}/resume_deployment",
    tag,
    summary: "Let a deployment's schedules make runs again",
    params,
    statuses: [200],
    response: z.null(),
  }),
  pauseDeployment: endpoint({
    operationId: "pauseDeployment",
    method: "POST",
    path: "/deployments/{id}/pause_deployment",
    tag,
    summary: "Keep a deployment's schedules from making runs, and delete those they made",
    params,
    statuses: [200],
    response: z.null(),
  }),
  createFlowRunFromDeployment: endpoint({
    operationId: "createFlowRunFromDeployment",
    method: "POST",
    path: "/deployments/{id}/create_flow_run",
    tag,
    summary: "Make a run of a deployment (201), or find the one of that idempotency key (200)",
    params,
    body: deploymentFlowRunCreate,
    statuses: [200, 201],
    response: flowRunResponse,
  }),
  bulkCreateFlowRunsFromDeployment: endpoint({
    operationId: "bulkCreateFlowRunsFromDeployment",
    method: "POST",
    path: "/deployments/{id}/create_flow_run/bulk",
    tag,
    summary: "Make many runs of a deployment",
    params,
    body: z.array(deploymentFlowRunCreate),
    statuses: [200],
    response: flowRunBulkCreateResponse,
  }),
  checkWorkQueuesForDeployment: endpoint({
    operationId: "checkWorkQueuesForDeployment",
    method: "GET",
    path: "/deployments/{id}/work_queue_check",
    tag,
    summary: "The work queues whose filters let a deployment pass",
    params,
    statuses: [200],
    response: z.array(
      z.object({
        id: idOutput,
        created: timestampOutput.nullable(),
        updated: timestampOutput.nullable(),
        name: z.string(),
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
      }),
    ),
  }),
  readDeploymentSchedules: endpoint({
    operationId: "readDeploymentSchedules",
    method: "GET",
    path: "/deployments/{id}/schedules",
    tag,
    summary: "The schedules of a deployment",
    params,
    statuses: [200],
    response: z.array(deploymentScheduleResponse),
  }),
  createDeploymentSchedules: endpoint({
    operationId: "createDeploymentSchedules",
    method: "POST",
    path: "/deployments/{id}/schedules",
    tag,
    summary: "Add schedules to a deployment",
    params,
    body: z.array(deploymentScheduleCreate),
    statuses: [201],
    response: z.array(deploymentScheduleResponse),
  }),
  updateDeploymentSchedule: endpoint({
    operationId: "updateDeploymentSchedule",
    method: "PATCH",
    path: "/deployments/{id}/schedules/{schedule_id}",
    tag,
    summary: "Change a schedule of a deployment",
    params: scheduleParams,
    body: deploymentScheduleUpdate,
    statuses: [204],
  }),
  deleteDeploymentSchedule: endpoint({
    operationId: "deleteDeploymentSchedule",
    method: "DELETE",
    path: "/deployments/{id}/schedules/{schedule_id}",
    tag,
    summary: "Take a schedule from a deployment",
    params: scheduleParams,
    statuses: [204],
  }),
};
