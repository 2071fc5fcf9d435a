/** Task runs: one execution of a task, inside a flow run or on its own (protocol section 4). */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";
import {
  integer,
  type Labels,
  labelsInput,
  labelsOutput,
  orNull,
  runNameInput,
  secondsOutput,
  tags,
} from "./fields.ts";
import { type FlowRunId, idOutput, idSchema, type TaskRunId } from "./ids.ts";
import {
  DEFAULT_TASK_RUN_POLICY,
  type TaskRunPolicy,
  taskRunPolicyInput,
  taskRunPolicyOutput,
} from "./run-policies.ts";
import { type State, stateCreate, stateResponse, stateType } from "./states.ts";
import { type TaskInputs, taskInputsInput, taskInputsOutput } from "./task-inputs.ts";
import { type Duration, type Timestamp, timestampInput, timestampOutput } from "./timestamps.ts";

/** A task run as the server keeps it; as with flow runs, `state` is the only copy of the current state. */
export interface TaskRun {
  readonly id: TaskRunId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly name: string;
  /** Null for a task run outside of any flow run. */
  readonly flow_run_id: FlowRunId | null;
  readonly task_key: string;
  /** Tells apart runs of one task in one flow run: (`flow_run_id`, `task_key`, `dynamic_key`) is unique. */
  readonly dynamic_key: string;
  readonly cache_key: string | null;
  readonly cache_expiration: Timestamp | null;
  readonly task_version: string | null;
  readonly empirical_policy: TaskRunPolicy;
  readonly tags: readonly string[];
  readonly labels: Labels;
  /** The edges of the graph: where each argument came from. */
  readonly task_inputs: TaskInputs;
  readonly run_count: number;
  /** The `run_count` of the flow run when this run last entered RUNNING. */
  readonly flow_run_run_count: number;
  readonly expected_start_time: Timestamp | null;
  readonly next_scheduled_start_time: Timestamp | null;
  readonly start_time: Timestamp | null;
  readonly end_time: Timestamp | null;
  /** Time spent in RUNNING, up to the last time it was left. */
  readonly total_run_time: Duration;
  readonly state: State | null;
}

/** Cache keys are indexed: longer ones are refused. */
export const MAXIMUM_CACHE_KEY_LENGTH = 2000;

const cacheKey = z.string().refine((key) => key.length <= MAXIMUM_CACHE_KEY_LENGTH, {
  message: `Cache key exceeded maximum allowed length of ${MAXIMUM_CACHE_KEY_LENGTH} characters.`,
});

/** `POST /task_runs/`: a subflow's tracking run, or a deferred run. */
export const taskRunCreate = z
  .strictObject({
    id: orNull(idSchema<"task-run">()),
    state: orNull(stateCreate),
    name: runNameInput,
    flow_run_id: orNull(idSchema<"flow-run">()),
    task_key: z.string(),
    dynamic_key: z.string(),
    cache_key: orNull(cacheKey),
    cache_expiration: orNull(timestampInput),
    task_version: orNull(z.string()),
    empirical_policy: taskRunPolicyInput.default(DEFAULT_TASK_RUN_POLICY),
    tags: tags.default([]),
    labels: labelsInput,
    task_inputs: taskInputsInput.default({}),
  })
  .meta({ id: "TaskRunCreate" });
export type TaskRunCreate = z.output<typeof taskRunCreate>;

/** `PATCH /task_runs/{id}`: absent leaves the name, null or empty asks for a fresh invented one. */
export const taskRunUpdate = z
  .strictObject({
    name: z
      .string()
      .nullish()
      .meta(documentedAs({ type: "string" })),
  })
  .meta({ id: "TaskRunUpdate" });
export type TaskRunUpdate = z.output<typeof taskRunUpdate>;

const taskRunShape = {
  id: idOutput,
  created: timestampOutput.nullable(),
  updated: timestampOutput.nullable(),
  name: z.string(),
  flow_run_id: idOutput.nullable(),
  task_key: z.string(),
  state_id: idOutput.nullable(),
  task_version: z.string().nullable(),
  empirical_policy: taskRunPolicyOutput,
  tags,
  task_inputs: taskInputsOutput,
  start_time: timestampOutput.nullable(),
  end_time: timestampOutput.nullable(),
  total_run_time: secondsOutput,
  estimated_run_time: secondsOutput,
  estimated_start_time_delta: secondsOutput,
  state: stateResponse.nullable(),
};

/** A task run wherever it is returned whole; the contract calls it `TaskRun`. */
export const taskRunResponse = z
  .object({
    ...taskRunShape,
    dynamic_key: z.string(),
    cache_key: z.string().nullable(),
    cache_expiration: timestampOutput.nullable(),
    labels: labelsOutput.nullable(),
    state_type: stateType.nullable(),
    state_name: z.string().nullable(),
    run_count: integer,
    flow_run_run_count: integer,
    expected_start_time: timestampOutput.nullable(),
    next_scheduled_start_time: timestampOutput.nullable(),
  })
  .meta({ id: "TaskRun" });
export type TaskRunResponse = z.output<typeof taskRunResponse>;

/** The narrower task run of `POST /task_runs/paginate`; the contract calls it `TaskRunResponse`. */
export const taskRunPageItem = z.object(taskRunShape).meta({ id: "TaskRunResponse" });
export type TaskRunPageItem = z.output<typeof taskRunPageItem>;
