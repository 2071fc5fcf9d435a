/** A task as the engine needs it, whatever its argument types. */
import { DefinitionError } from "../errors.ts";
import type { RunnableTask } from "../runners/task-runner.ts";
import type { State } from "../states.ts";
import type { TaskRun } from "../task-run.ts";
import type { TaskRunPolicy } from "../transport/wire.ts";
import type { Hook } from "./hook.ts";
import type { RunNameTemplate } from "./name-template.ts";

export interface TaskDefinition extends RunnableTask {
  /** The key of runs that are delayed; the source's hash in `taskKey` is another one in bundled code. */
  readonly backgroundKey: string;
  readonly version: string | null;
  readonly tags: readonly string[];
  readonly taskRunName: RunNameTemplate | null;
  readonly retries: number;
  /** Seconds, see `retryDelaySeconds` of the options. */
  readonly retryDelay: number | number[];
  readonly retryJitterFactor: number | null;
  readonly retryConditionFn: RetryCondition | null;
  readonly policy: TaskRunPolicy;
  readonly timeoutSeconds: number | null;
  readonly logPrints: boolean | null;
  readonly hooks: TaskHooks;
  readonly vizReturnValue: unknown;
}

const definitions = new WeakMap<object, TaskDefinition>();

/** Remembers what a callable of `task()` stands for. */
export function registerTaskDefinition(callable: object, definition: TaskDefinition): void {
  definitions.set(callable, definition);
}

/** True for what `task()` made. */
export function isTask(value: unknown): value is { readonly taskKey: string } {
  return typeof value === "function" && definitions.has(value);
}

/** @throws DefinitionError for what `task()` did not make */
export function taskDefinition(callable: object): TaskDefinition {
  const definition = definitions.get(callable);
  if (!definition) throw new DefinitionError("Only tasks can be served: wrap the function in task().");
  return definition;
}

/** Says whether a failed attempt is tried again. An error in it counts as no. */
export type RetryCondition = (task: object, taskRun: TaskRun, state: State) => boolean | Promise<boolean>;

export interface TaskHooks {
  readonly onRunning: readonly Hook<object, TaskRun>[];
  readonly onCompletion: readonly Hook<object, TaskRun>[];
  readonly onFailure: readonly Hook<object, TaskRun>[];
}
