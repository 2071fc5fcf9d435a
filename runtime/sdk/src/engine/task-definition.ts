/** A task as the engine needs it, whatever its argument types. */
import type { RunnableTask } from "../runners/task-runner.ts";
import type { State } from "../states.ts";
import type { TaskRun } from "../task-run.ts";
import type { TaskRunPolicy } from "../transport/wire.ts";
import type { Hook } from "./hook.ts";
import type { RunNameTemplate } from "./name-template.ts";

export interface TaskDefinition extends RunnableTask {
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

/** Says whether a failed attempt is tried again. An error in it counts as no. */
export type RetryCondition = (task: object, taskRun: TaskRun, state: State) => boolean | Promise<boolean>;

export interface TaskHooks {
  readonly onRunning: readonly Hook<object, TaskRun>[];
  readonly onCompletion: readonly Hook<object, TaskRun>[];
  readonly onFailure: readonly Hook<object, TaskRun>[];
}
