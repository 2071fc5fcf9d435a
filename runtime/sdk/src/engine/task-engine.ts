/**
 * Runs one task run: decides its states here and tells the server by events (protocol sections 4.1 and 4.2).
 *
 * 1. Pending is told when the task is called, before its inputs are there.
 * 2. Inputs are waited for before a place in the runner and slots of concurrency limits are taken.
 * 3. States follow each other without a request in between: no call of the server is awaited for a task without tags.
 * 4. The future is settled last, after hooks. It always is, unless user code never ends.
 */
import { sleep } from "../clock.ts";
import { connect, connectedTransport } from "../connection.ts";
import { currentContext, type RunContext, runInContext } from "../context.ts";
import { describeError, FlowRunEndedError, TaskRunTimeoutError, UpstreamTaskError } from "../errors.ts";
import { isEngineSignal } from "../engine-signals.ts";
import { TaskFuture } from "../futures.ts";
import { resolveInputs } from "../inputs.ts";
import { Interruption } from "../interruption.ts";
import { installConsoleCapture } from "../logging/console-capture.ts";
import { nameArguments } from "../parameter-names.ts";
import { assertNotImporting } from "../module-import.ts";
import { sdkSettings } from "../sdk-settings.ts";
import { AwaitingRetry, Failed, Retrying, State, stateError } from "../states.ts";
import type { TaskRun } from "../task-run.ts";
import type { TaskScope } from "../task-scope.ts";
import type { Transport } from "../transport/transport.ts";
import type { EventLabels } from "../transport/wire.ts";
import { acquireTagSlots, type HeldSlots } from "./concurrency-slots.ts";
import { guardAgainstCrash } from "./crash-guard.ts";
import { returnValueToState } from "./final-state.ts";
import type { Hook } from "./hook.ts";
import { callHooks, stackOf } from "./hooks.ts";
import { renderRunName } from "./name-template.ts";
import { resource, taskRunRelated } from "./related-resources.ts";
import { retryDelaySeconds } from "./retries.ts";
import type { TaskDefinition } from "./task-definition.ts";
import {
  adoptTaskRun,
  type CreatedTaskRun,
  createTaskRun,
  findTaskInputs,
  type TakenTaskRun,
  type TaskCall,
  type TaskRunOutcome,
} from "./task-run-creation.ts";
import { TaskRunRecord } from "./task-run-record.ts";
import { withTimeLimit } from "./time-limit.ts";

/** Starts a task run. Synchronous up to the first thing the run has to wait for. */
export function startTaskRun<T>(task: TaskDefinition, call: TaskCall): TaskFuture<T> {
  const context = currentContext();
  if (context.flow) context.flow.assertOpen(`Task '${task.name}'`);
  else assertNotImporting(`Task '${task.name}'`);
  const engine = new TaskRunEngine<T>(task, call, context);
  engine.start();
  return engine.future;
}

/** A run of another process's call that is executed here. */
export interface TakenRun {
  readonly future: TaskFuture<unknown>;
  /** Stops the run, and tells nothing of it any more: it is somebody else's. */
  abandon(reason: Error): void;
}

/** Executes a run that the server gave to this process, in the current context. */
export function takeTaskRun(task: TaskDefinition, taken: TakenTaskRun): TakenRun {
  const engine = new TaskRunEngine<unknown>(task, { args: [], taken }, currentContext());
  engine.start();
  return engine;
}

const NO_RELATED: EventLabels[] = [];

class TaskRunEngine<T> {
  readonly future: TaskFuture<T>;
  readonly #task: TaskDefinition;
  readonly #call: TaskCall;
  readonly #context: RunContext;
  readonly #created: CreatedTaskRun<T>;
  readonly #record: TaskRunRecord<T>;
  #args: readonly unknown[];
  #parameters: Readonly<Record<string, unknown>>;
  #retries = 0;
  #stopGuarding: (() => void) | null = null;

  constructor(task: TaskDefinition, call: TaskCall, context: RunContext) {
    this.#task = task;
    this.#call = call;
    this.#context = context;
    this.#created = call.taken ? adoptTaskRun(call.taken) : createTaskRun(task, call, context);
    this.#retries = this.#created.taskRun.runCount;
    this.#args = call.args;
    this.#parameters = this.#created.parameters;
    this.#record = new TaskRunRecord(this.#created.taskRun);
    this.future = new TaskFuture<T>(this.#created.taskRun);
  }

  start(): void {
    const { flow } = this.#context;
    if (flow) flow.track(this.future, this);
    else this.#stopGuarding = guardAgainstCrash(this);
    const transport = flow?.transport ?? connectedTransport();
    if (transport && this.#created.unidentified.length === 0) {
      this.#announce(transport);
      void this.#run();
    } else void this.#startLater();
  }

  /** Ends the run as Crashed because its process goes down. */
  async crash(error: Error): Promise<void> {
    if (this.#record.isClosed || this.#state.isFinal()) return;
    const state = new State<T>("CRASHED", { message: error.message });
    state.attach(error);
    this.#record.enter(state);
    this.#record.close();
    this.#release();
    this.future.settle({ ok: false, error });
  }

  /** A nested flow among the inputs gets its id from the server first, since the edge needs it. */
  async #startLater(): Promise<void> {
    try {
      await Promise.all(this.#created.unidentified.map((future) => future.created));
      const { taskInputs } = findTaskInputs(this.#parameters, this.#call, this.#context);
      this.#record.taskRun.taskInputs = taskInputs;
      this.#announce(this.#context.flow?.transport ?? (await connect()));
    } catch (error) {
      this.#settleFailed(error);
      return;
    }
    await this.#run();
  }

  #announce(transport: Transport): void {
    const { tags, flowRunId } = this.#record.taskRun;
    if (this.#call.taken) {
      const flowRun = flowRunId === null ? NO_RELATED : [resource("flow-run", flowRunId, null)];
      this.#record.adopt(transport, taskRunRelated(tags, flowRun));
    } else this.#record.announce(transport, taskRunRelated(tags, this.#context.flow?.related ?? NO_RELATED));
  }

  abandon(reason: Error): void {
    if (this.#record.isClosed || this.#state.isFinal()) return;
    this.#record.close();
    this.#call.taken?.interruption.abort(reason);
    this.#release();
    this.future.settle({ ok: false, error: reason });
  }

  async #run(): Promise<void> {
    try {
      if (await this.#prepare()) {
        const { runner } = this.#call;
        if (runner) await runner.admit(() => this.#orchestrate(), this.#depth() - 1);
        else await this.#orchestrate();
      }
    } catch (error) {
      // Only what isn't the task's own failure arrives here: the flow run was ended, suspended or aborted.
      this.#settleFailed(error);
    } finally {
      this.#release();
    }
  }

  /** Nothing has to end this run from outside any more. */
  #release(): void {
    this.#context.flow?.untrack(this.future);
    this.#stopGuarding?.();
  }

  /** True when the inputs are there; false when the run is over because one of them isn't. */
  async #prepare(): Promise<boolean> {
    if (this.#call.taken) {
      this.#args = await this.#call.taken.readArguments();
      this.#parameters = nameArguments(this.#task.fn, this.#args);
    }
    if (!this.#created.needsResolving && !this.#call.waitFor?.length && !this.#task.taskRunName) return true;
    try {
      if (this.#created.needsResolving) {
        this.#args = await resolveInputs(this.#args);
        this.#parameters = nameArguments(this.#task.fn, this.#args);
      }
      if (this.#task.taskRunName) {
        this.#record.rename(renderRunName(this.#task.taskRunName, this.#parameters));
      }
      if (this.#call.waitFor?.length) await resolveInputs(this.#call.waitFor);
      return true;
    } catch (error) {
      if (error instanceof UpstreamTaskError) {
        this.#record.enter(new State<T>("PENDING", { name: "NotReady", message: error.message }));
        this.#finish({ ok: false, error });
      } else await this.#fail(error);
      return false;
    }
  }

  async #orchestrate(): Promise<void> {
    const { flow } = this.#context;
    if (this.#call.runner && flow) this.#assertFlowIsOpen();
    const slots = await this.#takeSlots();
    try {
      this.#record.taskRun.flowRunRunCount = flow?.flowRun.runCount ?? 0;
      this.#record.enter(new State<T>("RUNNING"));
      await this.#callHooks(this.#task.hooks.onRunning);
      while (!this.#record.isClosed && (await this.#attempt()) === "again") await this.#waitForRetry();
    } finally {
      await slots?.release();
    }
  }

  #takeSlots(): Promise<HeldSlots> | null {
    const { tags, id } = this.#record.taskRun;
    if (tags.length === 0 || !this.#record.transport) return null;
    const signal = this.#parentInterruption()?.signal ?? new AbortController().signal;
    return acquireTagSlots(this.#record.transport, tags, { type: "task_run", id }, signal);
  }

  async #attempt(): Promise<"again" | "over"> {
    const interruption = new Interruption(this.#parentInterruption());
    const seconds = this.#task.timeoutSeconds;
    let value: unknown;
    try {
      value = await withTimeLimit(
        () => this.#callFunction(interruption),
        seconds,
        interruption,
        () => new TaskRunTimeoutError(seconds ?? 0),
      );
    } catch (error) {
      return this.#afterError(error);
    }
    return this.#afterReturn(value);
  }

  #callFunction(interruption: Interruption): unknown {
    const { fn, name } = this.#task;
    const scope: TaskScope = {
      taskName: name,
      taskRun: this.#record.taskRun,
      parameters: this.#parameters,
      interruption,
      depth: this.#depth(),
    };
    const logPrints = this.#task.logPrints ?? this.#context.logPrints ?? sdkSettings().loggingLogPrints;
    if (logPrints) installConsoleCapture();
    const context = { ...this.#context, task: scope, logPrints, transport: this.#record.transport };
    const { runner } = this.#call;
    if (runner?.execute) {
      const execute = runner.execute.bind(runner);
      return runInContext(context, () => execute(this.#task, this.#args, scope));
    }
    // The arguments were given for this function's parameters; their types are checked where the task is called.
    return runInContext(context, () => fn(...(this.#args as never[])));
  }

  async #afterReturn(value: unknown): Promise<"again" | "over"> {
    if (this.#record.isClosed) return "over";
    const failed = value instanceof State && value.isFailed() ? value : null;
    if (failed && (await this.#retry("state", failed))) return "again";
    const state = returnValueToState(value) as State<T>; // the function's own type, or what a state stands for
    if (typeof value !== "object" || value === null) state.details.untrackable_result = true;
    this.#context.flow?.linkResult(value, { input_type: "task_run", id: this.#record.taskRun.id });
    if (this.#call.taken && state.isFinal()) {
      const isOk = state.isCompleted();
      await this.#keep(
        state,
        isOk ? { ok: true, value: state.data } : { ok: false, error: stateError(state) },
      );
    }
    this.#record.enter(state);
    await this.#callHooks(this.#hooksOf(state));
    if (state.isCompleted()) this.#finish({ ok: true, value: state.data as T });
    else this.#finish({ ok: false, error: state.isFinal() ? stateError(state) : await unfinished(state) });
    return "over";
  }

  async #afterError(error: unknown): Promise<"again" | "over"> {
    if (this.#record.isClosed) return "over";
    if (isEngineSignal(error) || this.#isStopReason(error)) throw error;
    if (await this.#retry("exception", error)) return "again";
    await this.#fail(error);
    return "over";
  }

  async #fail(error: unknown): Promise<void> {
    const timedOut = error instanceof TaskRunTimeoutError;
    const message = timedOut ? error.message : `Task run encountered an exception ${describeError(error)}`;
    if (timedOut) this.#record.log.error(message);
    const state = new State<T>("FAILED", {
      message,
      ...(timedOut ? { name: "TimedOut" } : { details: { retriable: false } }),
    });
    state.attach(error);
    await this.#keep(state, { ok: false, error });
    this.#record.enter(state);
    await this.#callHooks(this.#task.hooks.onFailure);
    this.#finish({ ok: false, error });
  }

  /** Keeps the outcome of a run that others await; without it they learn of the run's end alone. */
  async #keep(state: State<T>, outcome: TaskRunOutcome): Promise<void> {
    const { taken } = this.#call;
    if (!taken || this.#record.isClosed) return;
    try {
      state.resultRecord = await taken.storeOutcome(outcome);
    } catch (error) {
      this.#record.log.warning(`Who awaits this run gets no result: ${describeError(error)}`);
    }
  }

  /** User code that watches the signal gives up with the reason for which the run around it ended. */
  #isStopReason(error: unknown): boolean {
    const outer = this.#parentInterruption();
    return outer !== null && outer.isAborted && outer.signal.reason === error;
  }

  /** Enters the next attempt's first state if there is to be one. */
  async #retry(kind: "exception" | "state", failure: unknown): Promise<boolean> {
    const { retries } = this.#task;
    const shown = failure instanceof State ? failure.toString() : describeError(failure);
    if (this.#retries >= retries) {
      const exhausted = retries > 0 ? " - Retries are exhausted" : "";
      const trace = failure instanceof State ? "" : `\n${stackOf(failure)}`;
      if (!(failure instanceof TaskRunTimeoutError)) {
        this.#record.log.error(`Task run failed with ${kind}: ${shown}${exhausted}${trace}`);
      }
      return false;
    }
    if (!(await this.#mayRetry(failure)) || this.#record.isClosed) return false;
    const { retryDelay, retryJitterFactor } = this.#task;
    const delay = retryDelaySeconds(retryDelay, this.#retries, retryJitterFactor, Math.random);
    const start = delay > 0 ? `${delay} second(s) from now` : "immediately";
    this.#retries += 1;
    this.#record.log.info(
      `Task run failed with ${kind}: ${shown} - Retry ${this.#retries}/${retries} will start ${start}`,
    );
    if (delay > 0) {
      this.#record.enter(AwaitingRetry({ scheduledTime: new Date(Date.now() + delay * 1000) }) as State<T>); // holds no value
    } else {
      this.#record.enter(Retrying() as State<T>); // holds no value
      await this.#callHooks(this.#task.hooks.onRunning);
    }
    return true;
  }

  async #mayRetry(failure: unknown): Promise<boolean> {
    const condition = this.#task.retryConditionFn;
    if (!condition) return true;
    const state =
      failure instanceof State
        ? failure
        : Failed({
            data: failure,
            message: `Task run encountered unexpected exception: ${describeError(failure)}`,
          });
    try {
      return await condition(this.#task.callable, this.#record.taskRun, state);
    } catch (error) {
      this.#record.log.error(`An error was encountered while running retryConditionFn: ${stackOf(error)}`);
      return false;
    }
  }

  async #waitForRetry(): Promise<void> {
    const scheduled = this.#state.stateDetails.scheduledTime;
    if (!scheduled || this.#state.isRunning()) return;
    await sleep((scheduled.getTime() - Date.now()) / 1000, this.#parentInterruption()?.signal);
    this.#assertFlowIsOpen();
    this.#record.enter(Retrying() as State<T>); // holds no value
    await this.#callHooks(this.#task.hooks.onRunning);
  }

  #assertFlowIsOpen(): void {
    this.#context.flow?.assertOpen(`Task run '${this.#record.taskRun.name}'`);
  }

  #hooksOf(state: State): readonly Hook<object, TaskRun>[] {
    if (state.isFailed()) return this.#task.hooks.onFailure;
    return state.isCompleted() ? this.#task.hooks.onCompletion : [];
  }

  async #callHooks(hooks: readonly Hook<object, TaskRun>[]): Promise<void> {
    if (hooks.length === 0 || this.#record.isClosed) return;
    await callHooks(hooks, this.#task.callable, this.#record.taskRun, this.#state, this.#record.log);
  }

  #finish(outcome: { ok: true; value: T } | { ok: false; error: unknown }): void {
    const { state } = this.#record.taskRun;
    const message = `Finished in state ${state.toString()}`;
    if (state.isCompleted()) this.#record.log.info(message);
    else this.#record.log.error(message);
    this.future.settle(outcome);
  }

  /** The run ends without its function having decided how: the flow run is over, or the engine can't go on. */
  #settleFailed(error: unknown): void {
    if (!isEngineSignal(error) && !this.#state.isFinal()) {
      const flowIsOver = error instanceof FlowRunEndedError || this.#parentInterruption()?.isAborted;
      const state = flowIsOver
        ? new State<T>("CANCELLED", { message: "The flow run ended before the task did." })
        : new State<T>("CRASHED", {
            message: `Execution was interrupted by an unexpected exception: ${describeError(error)}`,
          });
      state.attach(error);
      this.#record.enter(state);
    }
    this.#release();
    this.future.settle({ ok: false, error });
  }

  get #state(): State<T> {
    return this.#record.state;
  }

  #parentInterruption(): Interruption | null {
    const { task, flow } = this.#context;
    return this.#call.taken?.interruption ?? task?.interruption ?? flow?.interruption ?? null;
  }

  #depth(): number {
    return (this.#context.task?.depth ?? 0) + (this.#call.runner ? 1 : 0);
  }
}

async function unfinished(state: State): Promise<unknown> {
  return state.result({ raiseOnFailure: true }).catch((error: unknown) => error);
}
