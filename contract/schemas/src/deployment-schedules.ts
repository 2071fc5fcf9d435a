/** The schedules of deployments (protocol sections 5.1 and 5.2). */
import { z } from "zod";
import { integer, type JsonObject, jsonObject } from "./fields.ts";
import { type DeploymentId, type DeploymentScheduleId, idOutput } from "./ids.ts";
import { type Schedule, scheduleInput, scheduleOutput } from "./schedules.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

/** More runs than this of one schedule are never made in advance. */
const MAXIMUM_SCHEDULED_RUNS = 50;

export interface DeploymentSchedule {
  readonly id: DeploymentScheduleId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly deployment_id: DeploymentId;
  readonly schedule: Schedule;
  readonly active: boolean;
  /** Kept and shown; the scheduler takes no notice of it. */
  readonly max_scheduled_runs: number | null;
  /** Overlay the deployment's. */
  readonly parameters: JsonObject;
  /** Unique in its deployment; null: it has no name. */
  readonly slug: string | null;
}

const maxScheduledRuns = integer
  .gt(0)
  .refine((count) => count <= MAXIMUM_SCHEDULED_RUNS, {
    message: `\`max_scheduled_runs\` must be less than or equal to ${MAXIMUM_SCHEDULED_RUNS}.`,
  })
  .nullable();

export const deploymentScheduleCreate = z
  .strictObject({
    active: z.boolean().default(true),
    schedule: scheduleInput,
    max_scheduled_runs: maxScheduledRuns.default(null),
    parameters: jsonObject().default({}),
    slug: z.string().nullable().default(null),
    /** The slug of the schedule that this one takes the place of. */
    replaces: z.string().nullable().default(null),
  })
  .meta({ id: "DeploymentScheduleCreate" });
export type DeploymentScheduleCreate = z.output<typeof deploymentScheduleCreate>;

/** Absent and null both leave what is there. */
export const deploymentScheduleUpdate = z
  .strictObject({
    active: z.boolean().nullish(),
    schedule: scheduleInput.nullish(),
    max_scheduled_runs: maxScheduledRuns.optional(),
    parameters: jsonObject().optional(),
    slug: z.string().nullish(),
    replaces: z.string().nullish(),
  })
  .meta({ id: "DeploymentScheduleUpdate" });
export type DeploymentScheduleUpdate = z.output<typeof deploymentScheduleUpdate>;

export const deploymentScheduleResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    deployment_id: idOutput.nullable(),
    schedule: scheduleOutput,
    active: z.boolean(),
    max_scheduled_runs: integer.nullable(),
    parameters: jsonObject(),
    slug: z.string().nullable(),
  })
  .meta({ id: "DeploymentSchedule" });
export type DeploymentScheduleResponse = z.output<typeof deploymentScheduleResponse>;
