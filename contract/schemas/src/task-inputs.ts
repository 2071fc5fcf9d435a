/** Where the arguments of a task run came from: the edges of the run graph (protocol section 9.8). */
import { z } from "zod";
import { type FlowRunId, idSchema, type TaskRunId } from "./ids.ts";

/** One source of an argument. */
export type RunInput =
  | { readonly input_type: "task_run"; readonly id: TaskRunId }
  | { readonly input_type: "flow_run"; readonly id: FlowRunId }
  | { readonly input_type: "parameter"; readonly name: string }
  | { readonly input_type: "constant"; readonly type: string };

/** Sources by argument name. `__parents__` holds the runs that encapsulate this one; `wait_for` is an ordinary key. */
export type TaskInputs = Readonly<Record<string, readonly RunInput[]>>;

/** The key of {@link TaskInputs} whose entries are not dependencies but enclosing runs. */
export const ENCAPSULATING_INPUTS_KEY = "__parents__";

export const taskRunInput = z
  .object({ input_type: z.literal("task_run"), id: idSchema<"task-run">() })
  .meta({ id: "TaskRunResult" });
export const flowRunInput = z
  .object({ input_type: z.literal("flow_run"), id: idSchema<"flow-run">() })
  .meta({ id: "FlowRunResult" });
export const parameterInput = z
  .object({ input_type: z.literal("parameter"), name: z.string() })
  .meta({ id: "Parameter" });
export const constantInput = z
  .object({ input_type: z.literal("constant"), type: z.string() })
  .meta({ id: "Constant" });

const runInput = z.discriminatedUnion("input_type", [
  taskRunInput,
  flowRunInput,
  parameterInput,
  constantInput,
]);

/** Task inputs in a request. */
export const taskInputsInput = z.record(z.string(), z.array(runInput));

/** Task inputs in a response. */
export const taskInputsOutput = taskInputsInput;
