/** The task run that stands in a parent run for a flow run started from it. */
import { newId, newRandomId } from "@sluice/schemas";
import type { RunContext } from "../context.ts";
import { collectInputs } from "../inputs.ts";
import { Pending, stateToWire } from "../states.ts";
import type { Transport } from "../transport/transport.ts";
import type { TaskRunInput, TaskRunResponse } from "../transport/wire.ts";

export interface TrackedCall {
  readonly transport: Transport;
  /** Where the call is made: inside of a flow, a task, or both. */
  readonly context: RunContext;
  readonly name: string;
  readonly taskKey: string;
  readonly version: string | null;
  /** As they were given, with the futures in them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly waitFor: readonly unknown[];
  /** Identifies the call among those of the same task key in its parent. */
  readonly key: string;
}

/** The key of a nested call, given when the call is made, so that the order of calls decides. Null outside of flows. */
export function nestedRunKey(taskKey: string, { flow: parent, task }: RunContext): string | null {
  if (!parent) return null;
  // Calls from tasks come in any order, which is no identity over retries.
  const isInTask = task !== null && task.taskRun.flowRunId === parent.flowRun.id;
  return isInTask ? newRandomId() : String(parent.nextNestedKey(taskKey));
}

/** Makes the task run, or finds the one that an earlier attempt of the parent made for the same call. */
export async function trackInParent(
  call: TrackedCall,
): Promise<{ taskRun: TaskRunResponse; existed: boolean }> {
  const { transport, context, name, taskKey, parameters, waitFor, key } = call;
  const { flow: parent } = context;
  const inputs = collectInputs(parameters, parent);
  await Promise.all(inputs.unidentified.map((future) => future.created));
  const id = newId();
  const taskRun = await transport.createTaskRun({
    id,
    name: `${name}-${key}`,
    flow_run_id: parent?.flowRun.id ?? null,
    task_key: taskKey,
    dynamic_key: key,
    task_version: call.version,
    state: stateToWire(Pending()),
    empirical_policy: { retries: 0, retry_delay: 0 },
    tags: context.tags,
    task_inputs: {
      ...collectInputs(parameters, parent).taskInputs,
      ...parentInputs(context),
      ...(waitFor.length === 0 ? {} : collectInputs({ wait_for: waitFor }, parent).taskInputs),
    },
  });
  return { taskRun, existed: taskRun.id !== id };
}

/** A task around the call is its parent, unless a nested flow stands between them. */
function parentInputs({ flow, task }: RunContext): Record<string, TaskRunInput[]> {
  if (!task || (flow && task.taskRun.flowRunId !== flow.flowRun.id)) return {};
  return { __parents__: [{ input_type: "task_run", id: task.taskRun.id }] };
}
