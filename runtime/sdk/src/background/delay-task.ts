/** Handing a call of a task to whoever serves the task (protocol section 4.4). */
import { newId, newRandomId } from "@sluice/schemas";
import { connect } from "../connection.ts";
import { currentContext, type RunContext } from "../context.ts";
import type { TaskDefinition } from "../engine/task-definition.ts";
import { findTaskInputs } from "../engine/task-run-creation.ts";
import { DefinitionError } from "../errors.ts";
import { resolveInputs } from "../inputs.ts";
import { assertNotImporting } from "../module-import.ts";
import { nameArguments } from "../parameter-names.ts";
import { Scheduled, State, stateToWire } from "../states.ts";
import type { Transport } from "../transport/transport.ts";
import { DelayedTaskFuture } from "./delayed-task-future.ts";
import { removeArguments, storeArguments } from "./stored-values.ts";

/** Makes a deferred task run of a call. Futures among the arguments are waited for first. */
export function delayTask<T>(
  task: TaskDefinition,
  args: readonly unknown[],
  waitFor: readonly unknown[],
): DelayedTaskFuture<T> {
  const context = currentContext();
  if (context.dryRun)
    throw new DefinitionError(`Task '${task.name}': delay() can't be drawn by visualize().`);
  assertNotImporting(`Task '${task.name}'`);
  context.flow?.assertOpen(`Task '${task.name}'`);
  const id: string = newId();
  const transport = connect();
  const created = createDeferredRun({ id, task, args, waitFor, context, transport });
  const state = new State<T>("SCHEDULED", { details: { task_run_id: id } });
  return new DelayedTaskFuture<T>({ id, name: task.name, state }, transport, created);
}

interface DeferredCall {
  readonly id: string;
  readonly task: TaskDefinition;
  readonly args: readonly unknown[];
  readonly waitFor: readonly unknown[];
  readonly context: RunContext;
  readonly transport: Promise<Transport>;
}

async function createDeferredRun(call: DeferredCall): Promise<string> {
  const { id, task, args, waitFor, context } = call;
  const [transport, resolved] = await Promise.all([
    call.transport,
    resolveInputs(args),
    resolveInputs(waitFor),
  ]);
  const parametersId: string | null = resolved.length > 0 ? newRandomId() : null;
  if (parametersId !== null) await storeArguments(parametersId, resolved, task.name);
  const { taskInputs } = findTaskInputs(nameArguments(task.fn, args), { args, waitFor }, context);
  const key = newRandomId();
  try {
    await transport.createTaskRun({
      id,
      name: context.flow ? `${task.name}-${key.slice(0, 3)}` : task.name,
      flow_run_id: context.flow?.flowRun.id ?? null,
      task_key: task.backgroundKey,
      dynamic_key: context.flow ? key : `${task.backgroundKey}-${key.replaceAll("-", "")}`,
      task_version: task.version,
      empirical_policy: task.policy,
      tags: [...new Set([...task.tags, ...context.tags])],
      task_inputs: taskInputs,
      state: stateToWire(Scheduled(), { deferred: true, task_parameters_id: parametersId }),
    });
  } catch (error) {
    // Sent again by the client until it was clear that nobody takes it.
    if (parametersId !== null) await removeArguments(parametersId);
    throw error;
  }
  return id;
}
