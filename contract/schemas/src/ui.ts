/** Bodies of `/ui/*`: the figures that screens need at a glance (protocol section 2.3). */
import { z } from "zod";
import { integer, jsonObject } from "./fields.ts";
import { idOutput, idSchema } from "./ids.ts";
import { StateType, stateType } from "./states.ts";
import { taskRunResponse } from "./task-runs.ts";
import { timestampOutput } from "./timestamps.ts";

/** How many runs the scatter plot shows at most, and when not told. */
export const MAXIMUM_PLOTTED_RUNS = 1000;
/** How many runs or flows one call counts for. */
const MAXIMUM_COUNTED_IDS = 200;

/** A dot of the scatter plot. */
export const simpleFlowRunResponse = z
  .object({
    id: idOutput,
    state_type: stateType,
    /** Start, or expected start of a run that hasn't started. */
    timestamp: timestampOutput,
    duration: z.number(),
    lateness: z.number(),
  })
  .meta({ id: "SimpleFlowRun" });
export type SimpleFlowRunResponse = z.output<typeof simpleFlowRunResponse>;

/** The next run of a flow. */
export const simpleNextFlowRunResponse = z
  .object({
    id: idOutput,
    flow_id: idOutput,
    name: z.string(),
    state_name: z.string(),
    state_type: stateType,
    next_scheduled_start_time: timestampOutput,
  })
  .meta({ id: "SimpleNextFlowRun" });
export type SimpleNextFlowRunResponse = z.output<typeof simpleNextFlowRunResponse>;

export const flowRunIdsRequest = z.object({
  flow_run_ids: z.array(idSchema<"flow-run">()).max(MAXIMUM_COUNTED_IDS),
});
export const flowIdsRequest = z.object({ flow_ids: z.array(idSchema<"flow">()).max(MAXIMUM_COUNTED_IDS) });

/** Counts by id. */
export const countsByIdResponse = z.record(z.string(), integer);
export const nextRunsByFlowResponse = z.record(z.string(), simpleNextFlowRunResponse.nullable());

/** Task runs that ended in one slice of time. */
export const taskRunCountResponse = z
  .object({ completed: integer, failed: integer })
  .meta({ id: "TaskRunCount" });
export type TaskRunCountResponse = z.output<typeof taskRunCountResponse>;

const stateTypeNames = Object.values(StateType);
type CountShape = Record<StateType, typeof integer>;

/** Runs by the type of their state; every type is there. */
export const countByStateResponse = z
  .object(Object.fromEntries(stateTypeNames.map((name) => [name, integer])) as CountShape) // one entry per type
  .meta({ id: "CountByState" });
export type CountByStateResponse = z.output<typeof countByStateResponse>;

/** A task run with the name of its flow run. */
export const uiTaskRunResponse = taskRunResponse
  .extend({ flow_run_name: z.string().nullable() })
  .meta({ id: "UITaskRun" });
export type UiTaskRunResponse = z.output<typeof uiTaskRunResponse>;

/** Values to check against a JSON Schema. */
export const schemaValuesRequest = z.object({ schema: jsonObject(), values: jsonObject() });

/** What is wrong with a value: a message, or the errors below a property or an index. */
export type SchemaValueError =
  | string
  | { property: string; errors: SchemaValueError[] }
  | { index: number; errors: SchemaValueError[] };

const schemaValueError: z.ZodType<SchemaValueError> = z
  .lazy(() => z.union([z.string(), propertyError, indexError]))
  .meta({ id: "SchemaValueError" });
const propertyError = z
  .object({ property: z.string(), errors: z.array(schemaValueError) })
  .meta({ id: "SchemaValuePropertyError" });
const indexError = z
  .object({ index: integer, errors: z.array(schemaValueError) })
  .meta({ id: "SchemaValueIndexError" });

export const schemaValuesValidationResponse = z
  .object({ errors: z.array(schemaValueError), valid: z.boolean() })
  .meta({ id: "SchemaValuesValidationResponse" });
export type SchemaValuesValidationResponse = z.output<typeof schemaValuesValidationResponse>;
