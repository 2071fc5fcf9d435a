/** Tasks: functions whose calls are recorded, retried, limited and drawn. */
import { delayTask } from "./background/delay-task.ts";
import type { DelayedTaskFuture } from "./background/delayed-task-future.ts";
import { serveTaskDefinitions, type ServeTasksOptions } from "./background/serve-tasks.ts";
import { currentContext } from "./context.ts";
import { callerModuleUrl, definitionKey } from "./definition-site.ts";
import { hookList } from "./engine/hook.ts";
import type { RunNameTemplate } from "./engine/name-template.ts";
import { normalizeRetryDelay, type RetryDelay } from "./engine/retries.ts";
import { registerTaskDefinition, type TaskDefinition } from "./engine/task-definition.ts";
import { startTaskRun } from "./engine/task-engine.ts";
import { DefinitionError } from "./errors.ts";
import type { TaskFuture, TaskFutureList } from "./futures.ts";
import type { AnyFunction, Inputs, MapInputs, RunResult } from "./input-types.ts";
import { mapTask } from "./map-task.ts";
import { defaultTaskRunner } from "./runners/default-task-runner.ts";
import { sdkSettings } from "./sdk-settings.ts";
import type { State } from "./states.ts";
import type { TaskRun } from "./task-run.ts";

/** Called when a run of the task enters a state. Errors in it are logged and change nothing. */
export type TaskHook<F extends AnyFunction = AnyFunction> = (
  task: Task<F>,
  taskRun: TaskRun,
  state: State,
) => void | Promise<void>;

export interface TaskOptions<F extends AnyFunction = AnyFunction> {
  /** Default: the function's name. */
  name?: string;
  description?: string;
  /** Tags of every run; concurrency limits may be set on them. */
  tags?: readonly string[];
  version?: string;
  /** `"hello-{name}"` over the parameters, or a function of them. Default: `<task>-<3 characters>`. */
  taskRunName?: RunNameTemplate;
  /** How often a failed run is tried again. Default 0, or the setting `SLUICE_TASKS_DEFAULT_RETRIES`. */
  retries?: number;
  /** Seconds before a retry: a number, one per retry, or e.g. `exponentialBackoff(10)`. Default 0. */
  retryDelaySeconds?: RetryDelay;
  /** Spreads delays: each is at most `1 + factor` times as long. */
  retryJitterFactor?: number;
  /** Asked before each retry; false fails the run at once. */
  retryConditionFn?: (task: Task<F>, taskRun: TaskRun, state: State) => boolean | Promise<boolean>;
  /** Seconds after which an attempt fails as TimedOut; `runtime.signal` then tells the function to stop. */
  timeoutSeconds?: number;
  /** Whether console output becomes log records. Default: as the code around. */
  logPrints?: boolean;
  onRunning?: TaskHook<F> | readonly TaskHook<F>[];
  onCompletion?: TaskHook<F> | readonly TaskHook<F>[];
  /** After the last retry. */
  onFailure?: TaskHook<F> | readonly TaskHook<F>[];
  /**
   * Brings together those who delay the task and those who serve it, so it has to be the same in both programs and unique
   * among them; waiting runs outlive changes of the code. Default: the task's name.
   */
  backgroundKey?: string;
  /** Stands for the task's value while a flow is drawn by `visualize()`. */
  vizReturnValue?: RunResult<ReturnType<F>>;
}

/** The ways to start a task. */
export interface TaskCalls<F extends AnyFunction> {
  /**
   * Runs the task at once, here. The future is a promise of the value; passing it on without awaiting it makes the next
   * run wait and records the edge.
   */
  (...args: Inputs<Parameters<F>>): TaskFuture<RunResult<ReturnType<F>>>;
  /** Runs the task on the flow's task runner, when there is room. */
  submit(...args: Inputs<Parameters<F>>): TaskFuture<RunResult<ReturnType<F>>>;
  /**
   * One run per element, on the flow's task runner. Iterables must be equally long; wrap one in `unmapped` to pass it
   * whole. What can't be iterated over goes to every run.
   */
  map(...args: MapInputs<Parameters<F>>): TaskFutureList<RunResult<ReturnType<F>>>;
  /**
   * Hands the call to a process that serves the task, see {@link Task.serve}. Await the future's `created` to know that it
   * will be executed, and the future itself for the value. Arguments and values are plain data.
   */
  delay(...args: Inputs<Parameters<F>>): DelayedTaskFuture<RunResult<ReturnType<F>>>;
  /** Runs the task and gives its final state. Does not reject when the run fails. */
  returnState(...args: Inputs<Parameters<F>>): Promise<State<RunResult<ReturnType<F>>>>;
}

/** A callable that makes task runs of a function, inside of flows and outside. */
export interface Task<F extends AnyFunction = AnyFunction> extends TaskCalls<F> {
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly version: string | null;
  /** Identifies the task's code: `<function name>-<hash of its source>`. */
  readonly taskKey: string;
  /** The bare function, without a run around it. */
  readonly fn: F;
  /** The same task with some options replaced. */
  withOptions(options: TaskOptions<F>): Task<F>;
  /** The ways to start the task after these futures, states or results, whether or not it takes anything from them. */
  waitFor(...upstreams: readonly unknown[]): TaskCalls<F>;
  /**
   * Executes what is delayed of this task, in this process, until it is told to stop by a signal; several tasks are
   * served by `serveTasks`.
   */
  serve(options?: ServeTasksOptions): Promise<void>;
  /** Adds a hook to this task. */
  onRunning(hook: TaskHook<F>): this;
  onCompletion(hook: TaskHook<F>): this;
  onFailure(hook: TaskHook<F>): this;
}

/**
 * Makes a task of a function.
 *
 * ```ts
 * const fetchFact = task(async function fetchFact(animal: string) { … }, { retries: 3 });
 * ```
 * @throws DefinitionError for options that can't be used
 */
export function task<F extends AnyFunction>(fn: F, options: TaskOptions<F> = {}): Task<F> {
  return makeTask(fn, options, callerModuleUrl());
}

function makeTask<F extends AnyFunction>(fn: F, options: TaskOptions<F>, moduleUrl: string | null): Task<F> {
  if (typeof fn !== "function") throw new DefinitionError(`task() needs a function, got ${typeof fn}.`);
  const hooks = {
    onRunning: [...hookList(options.onRunning)],
    onCompletion: [...hookList(options.onCompletion)],
    onFailure: [...hookList(options.onFailure)],
  };
  const callable: TaskCalls<F> = taskCalls<F>(() => definition, []);
  const definition: TaskDefinition = defineTask(fn, options, moduleUrl, callable, hooks);
  registerTaskDefinition(callable, definition);
  const addHook = (list: TaskHook<F>[]) => (hook: TaskHook<F>) => {
    list.push(hook);
    return callable;
  };
  return Object.defineProperties(callable, {
    name: { value: definition.name },
    description: { value: options.description ?? null },
    tags: { value: definition.tags },
    version: { value: definition.version },
    taskKey: { value: definition.taskKey },
    fn: { value: fn },
    withOptions: {
      value: (changes: TaskOptions<F>) => makeTask(fn, { ...options, ...hooks, ...changes }, moduleUrl),
    },
    waitFor: { value: (...upstreams: readonly unknown[]) => taskCalls<F>(() => definition, upstreams) },
    serve: { value: (serving?: ServeTasksOptions) => serveTaskDefinitions([definition], serving) },
    onRunning: { value: addHook(hooks.onRunning) },
    onCompletion: { value: addHook(hooks.onCompletion) },
    onFailure: { value: addHook(hooks.onFailure) },
  }) as Task<F>; // the properties above are those of the interface
}

function defineTask<F extends AnyFunction>(
  fn: F,
  options: TaskOptions<F>,
  moduleUrl: string | null,
  callable: object,
  hooks: Record<"onRunning" | "onCompletion" | "onFailure", TaskHook<F>[]>,
): TaskDefinition {
  const settings = sdkSettings();
  const name = options.name ?? (fn.name || "task");
  const retries = options.retries ?? settings.tasksDefaultRetries;
  if (!Number.isInteger(retries) || retries < 0) {
    throw new DefinitionError(`Task '${name}': retries must be a whole number from 0 up, got ${retries}.`);
  }
  const retryDelay = normalizeRetryDelay(
    options.retryDelaySeconds ?? settings.tasksDefaultRetryDelaySeconds,
    retries,
  );
  const jitter = options.retryJitterFactor ?? null;
  if (jitter !== null && !(jitter >= 0)) {
    throw new DefinitionError(`Task '${name}': retryJitterFactor must be at least 0, got ${jitter}.`);
  }
  return {
    name,
    fn,
    moduleUrl,
    callable,
    taskKey: definitionKey(fn),
    backgroundKey: options.backgroundKey ?? name,
    version: options.version ?? null,
    tags: [...new Set(options.tags)],
    taskRunName: options.taskRunName ?? null,
    retries,
    retryDelay,
    retryJitterFactor: jitter,
    retryConditionFn: (options.retryConditionFn as TaskDefinition["retryConditionFn"] | undefined) ?? null, // is given `callable`
    policy: {
      retries,
      retry_delay: retryDelay,
      ...(jitter === null ? {} : { retry_jitter_factor: jitter }),
    },
    timeoutSeconds: options.timeoutSeconds ?? null,
    logPrints: options.logPrints ?? null,
    hooks: hooks as unknown as TaskDefinition["hooks"], // hooks are given `callable`, which is the task
    vizReturnValue: options.vizReturnValue,
  };
}

function taskCalls<F extends AnyFunction>(
  definition: () => TaskDefinition,
  waitFor: readonly unknown[],
): TaskCalls<F> {
  type Result = RunResult<ReturnType<F>>;
  const start = (args: readonly unknown[], onRunner: boolean): TaskFuture<Result> => {
    const { dryRun } = currentContext();
    if (dryRun) return dryRun.recordTask(definition(), args, waitFor);
    return startTaskRun(definition(), {
      args,
      waitFor,
      ...(onRunner ? { runner: currentContext().flow?.runner ?? defaultTaskRunner() } : {}),
    });
  };
  return Object.assign((...args: readonly unknown[]) => start(args, false), {
    submit: (...args: readonly unknown[]) => start(args, true),
    map: (...args: readonly unknown[]) => mapTask<Result>(definition(), args, waitFor),
    delay: (...args: readonly unknown[]) => delayTask<Result>(definition(), args, waitFor),
    async returnState(...args: readonly unknown[]) {
      const future = start(args, false);
      await future.wait();
      return future.state;
    },
  }) as TaskCalls<F>; // the callers' types are those of the interface
}
