/** What a call of a task says about its run: ids, name, and where its inputs come from. */
import { newId, newRandomId, parseTimestamp } from "@sluice/schemas";
import type { RunContext } from "../context.ts";
import type { FlowRunFuture } from "../futures.ts";
import { collectInputs } from "../inputs.ts";
import { nameArguments } from "../parameter-names.ts";
import type { TaskRunner } from "../runners/task-runner.ts";
import type { Interruption } from "../interruption.ts";
import { State, stateFromWire } from "../states.ts";
import { TaskRun } from "../task-run.ts";
import type { JsonObject, TaskRunInput, TaskRunResponse } from "../transport/wire.ts";
import type { TaskDefinition } from "./task-definition.ts";

export interface TaskCall {
  readonly args: readonly unknown[];
  /** Runs that must complete before this one starts, though it takes nothing from them. */
  readonly waitFor?: readonly unknown[];
  /** Runs it on this runner; absent for plain calls, which start in place. */
  readonly runner?: TaskRunner;
  /** Edges that the arguments don't show any more, by parameter. */
  readonly extraInputs?: Readonly<Record<string, readonly TaskRunInput[]>>;
  /** The run was delayed by some process, and is executed by this one. */
  readonly taken?: TakenTaskRun;
}

/** A run that the server gave to this process. */
export interface TakenTaskRun {
  readonly run: TaskRunResponse;
  /** Stops the run when it is somebody else's. */
  readonly interruption: Interruption;
  /** @throws when they can't be read */
  readArguments(): Promise<readonly unknown[]>;
  /** Keeps how the run ended for those who await it, and gives what its state says of that. */
  storeOutcome(outcome: TaskRunOutcome): Promise<JsonObject>;
}

export type TaskRunOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

export interface CreatedTaskRun<T> {
  readonly taskRun: TaskRun<T>;
  /** The arguments by parameter name, as they were given. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Whether arguments must be resolved before the function can have them. */
  readonly needsResolving: boolean;
  /** Nested flows among the upstreams whose run isn't known to the server yet. */
  readonly unidentified: readonly FlowRunFuture<unknown>[];
}

/** The run of a call, in its first state. */
export function createTaskRun<T>(
  task: TaskDefinition,
  call: TaskCall,
  context: RunContext,
): CreatedTaskRun<T> {
  const { flow } = context;
  const parameters = nameArguments(task.fn, call.args);
  const inputs = findTaskInputs(parameters, call, context);
  const uuid = newRandomId();
  const taskRun = new TaskRun<T>({
    id: newId(),
    name: flow ? `${task.name}-${uuid.slice(0, 3)}` : task.name,
    flowRunId: flow?.flowRun.id ?? null,
    taskKey: task.taskKey,
    dynamicKey: flow ? uuid : `${task.taskKey}-${uuid.replaceAll("-", "")}`,
    taskVersion: task.version,
    tags: context.tags.length === 0 ? task.tags : [...new Set([...task.tags, ...context.tags])],
    policy: task.policy,
    taskInputs: inputs.taskInputs,
    state: new State<T>("PENDING"),
  });
  return { taskRun, parameters, needsResolving: inputs.needsResolving, unidentified: inputs.unidentified };
}

/** The run that was given, as it is at the server. */
export function adoptTaskRun<T>({ run }: TakenTaskRun): CreatedTaskRun<T> {
  const expected = run.expected_start_time === null ? null : parseTimestamp(run.expected_start_time);
  const taskRun = new TaskRun<T>({
    id: run.id,
    name: run.name,
    flowRunId: run.flow_run_id,
    taskKey: run.task_key,
    dynamicKey: run.dynamic_key,
    taskVersion: run.task_version,
    tags: run.tags,
    policy: run.empirical_policy,
    taskInputs: run.task_inputs,
    state: run.state ? stateFromWire<T>(run.state) : new State<T>("SCHEDULED"),
    ...(expected === null ? {} : { expectedStartMicros: expected }),
  });
  taskRun.runCount = run.run_count;
  taskRun.startMicros = run.start_time === null ? null : parseTimestamp(run.start_time);
  taskRun.totalRunMicros = Math.round(run.total_run_time * 1_000_000);
  return { taskRun, parameters: {}, needsResolving: false, unidentified: [] };
}

interface FoundInputs {
  readonly taskInputs: Record<string, TaskRunInput[]>;
  readonly needsResolving: boolean;
  readonly unidentified: readonly FlowRunFuture<unknown>[];
}

/** Edges from arguments, from `waitFor`, and from the task around the call. */
export function findTaskInputs(
  parameters: Readonly<Record<string, unknown>>,
  { waitFor = [], extraInputs }: TaskCall,
  { flow, task: parent }: RunContext,
): FoundInputs {
  const { taskInputs, needsResolving, unidentified } = collectInputs(parameters, flow);
  // A task around this one is its parent, unless a nested flow stands between them.
  if (parent && (!flow || parent.taskRun.flowRunId === flow.flowRun.id)) {
    taskInputs.__parents__ = [{ input_type: "task_run", id: parent.taskRun.id }];
  }
  for (const name in extraInputs) {
    taskInputs[name] = withoutRepeats([...(taskInputs[name] ?? []), ...(extraInputs[name] ?? [])]);
  }
  if (waitFor.length === 0) return { taskInputs, needsResolving, unidentified };
  const waited = collectInputs({ wait_for: waitFor }, flow);
  Object.assign(taskInputs, waited.taskInputs);
  return { taskInputs, needsResolving, unidentified: [...unidentified, ...waited.unidentified] };
}

function withoutRepeats(inputs: readonly TaskRunInput[]): TaskRunInput[] {
  return [...new Map(inputs.map((input) => [JSON.stringify(input), input])).values()];
}
