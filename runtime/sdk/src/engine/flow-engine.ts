/**
 * Runs one flow run: proposes its states to the server, obeys the verdicts, calls the function once per attempt.
 *
 * 1. The server decides. What it answers is the run's state, whatever was proposed.
 * 2. Each attempt has a scope of its own; when the attempt is over nothing starts in it any more.
 * 3. An attempt whose function has returned waits for what the function has started, before the final state is proposed.
 * 4. The future is settled last, after hooks.
 */
import { currentContext, type RunContext, runInContext } from "../context.ts";
import { connect } from "../connection.ts";
import {
  CancelledRun,
  describeError,
  FlowRunEndedError,
  FlowRunTimeoutError,
  UpstreamTaskError,
} from "../errors.ts";
import { Abort, FlowRunSuspended } from "../engine-signals.ts";
import { sleep } from "../clock.ts";
import { type FlowRun, flowRunFromWire } from "../flow-run.ts";
import { FlowScope } from "../flow-scope.ts";
import { FlowRunFuture } from "../futures.ts";
import { collectInputs, resolveInputs } from "../inputs.ts";
import { Interruption } from "../interruption.ts";
import { installConsoleCapture } from "../logging/console-capture.ts";
import { flowRunLogger, RunLogger } from "../logging/run-logger.ts";
import { serializeParameters, validateParameters } from "../parameters.ts";
import { assertNotImporting } from "../runners/thread-import.ts";
import { sdkSettings } from "../sdk-settings.ts";
import { Cancelled, Crashed, Failed, Pending, Running, State, stateError } from "../states.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlowRunResponse } from "../transport/wire.ts";
import { readAncestry } from "./ancestry.ts";
import { keepLease } from "./concurrency-slots.ts";
import { guardAgainstCrash } from "./crash-guard.ts";
import { futuresToStates, returnValueToState, valuesOfStates } from "./final-state.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { createFlowRun, nestedRunKey } from "./flow-run-creation.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Hook } from "./hook.ts";
import { callHooks, stackOf } from "./hooks.ts";
import { renderRunName } from "./name-template.ts";
import { type Execution, proposeState } from "./propose-state.ts";
import { flowRunRelated } from "./related-resources.ts";
import { watchRun } from "./run-watch.ts";
import { unlessInterrupted, withTimeLimit } from "./time-limit.ts";

export interface FlowCall {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Runs that must complete before this one starts, though it takes nothing from them. */
  readonly waitFor?: readonly unknown[];
  /** The run to execute, when it exists already: somebody else scheduled it. */
  readonly flowRun?: FlowRunResponse;
}

/** Seconds between proposals to run while the server keeps the run pending. */
const PENDING_POLL_SECONDS = 0.2;
/** A deployment's concurrency slot is held by a lease of this many seconds. */
const DEPLOYMENT_LEASE_SECONDS = 300;

/** Starts a flow run. Nothing but the call's place among its siblings is decided synchronously. */
export function startFlowRun<R>(flow: FlowDefinition, call: FlowCall): FlowRunFuture<R> {
  const context = currentContext();
  assertNotImporting(`Flow '${flow.name}'`);
  context.flow?.assertOpen(`Flow '${flow.name}'`);
  const engine = new FlowRunEngine<R>(flow, call, context);
  void engine.run();
  return engine.future;
}

class FlowRunEngine<R> {
  readonly future = new FlowRunFuture<R>(Pending<R>());
  readonly #flow: FlowDefinition;
  readonly #call: FlowCall;
  readonly #context: RunContext;
  readonly #nestedKey: string | null;
  readonly #interruption: Interruption;
  #parameters: Readonly<Record<string, unknown>>;
  #connection: Transport | null = null;
  #run: FlowRun | null = null;
  #scope: FlowScope | null = null;
  #runLogger: RunLogger | null = null;
  #hasCrashed = false;
  readonly #execution: Execution = { attempt: null };
  #lastProposal: Promise<void> = Promise.resolve();
  #crashReport: Promise<void> | null = null;

  constructor(flow: FlowDefinition, call: FlowCall, context: RunContext) {
    this.#flow = flow;
    this.#call = call;
    this.#context = context;
    this.#parameters = call.parameters;
    this.#nestedKey = nestedRunKey(flow, context);
    this.#interruption = new Interruption(context.task?.interruption ?? context.flow?.interruption ?? null);
    context.flow?.track(this.future, this);
  }

  /** Never rejects: how the run ends is told by the future. */
  async run(): Promise<void> {
    try {
      this.#connection = this.#context.flow?.transport ?? (await connect());
      this.#adopt(await this.#findRun());
      const stopGuarding = this.#context.flow ? () => {} : guardAgainstCrash(this);
      try {
        this.#interruption.signal.throwIfAborted();
        if (await this.#begin()) await this.#execute();
      } finally {
        stopGuarding();
      }
    } catch (error) {
      await this.#endWithoutVerdict(error);
    } finally {
      this.#context.flow?.untrack(this.future);
    }
  }

  /** Reports the run as Crashed, with everything that is under way in it. Never rejects. */
  async crash(error: Error): Promise<void> {
    if (this.#hasCrashed || this.future.isSettled) return;
    this.#hasCrashed = true;
    this.#scope?.close();
    this.#interruption.abort(error);
    const runs = Array.from(this.#scope?.active.values() ?? [], (run) => run.crash(error));
    // A run that is just being made is reported once its id is known.
    if (this.#run) await this.#reportCrash(error);
    else await this.future.wait();
    await Promise.all(runs);
  }

  #reportCrash(error: Error): Promise<void> {
    this.#crashReport ??= this.#proposeCrash(error);
    return this.#crashReport;
  }

  async #proposeCrash(error: Error): Promise<void> {
    try {
      this.#log.error(`Crash detected! ${error.message}`);
      if (!this.#state.isFinal()) {
        await this.#propose(Crashed({ message: error.message, data: error }), { force: true });
      }
    } catch (cause) {
      this.#log.error(`The crash could not be reported: ${describeError(cause)}`);
    }
    this.#finish({ ok: false, error });
  }

  async #findRun(): Promise<FlowRunResponse> {
    const { flowRun } = this.#call;
    if (!flowRun) {
      return createFlowRun({
        transport: this.#transport,
        flow: this.#flow,
        parameters: await this.#parametersToShow(),
        waitFor: this.#call.waitFor ?? [],
        context: this.#context,
        nestedKey: this.#nestedKey,
      });
    }
    const policy = flowRun.empirical_policy;
    await this.#transport.updateFlowRun(flowRun.id, {
      flow_version: this.#flow.version,
      empirical_policy: {
        ...policy,
        retries: policy.retries ?? this.#flow.retries,
        retry_delay: policy.retry_delay ?? Math.trunc(this.#flow.retryDelaySeconds),
      },
    });
    return flowRun;
  }

  /** What was given, with the schema's defaults for the rest; the values themselves aren't coerced. */
  async #parametersToShow(): Promise<Readonly<Record<string, unknown>>> {
    const { parameterSchema, validatesParameters, name } = this.#flow;
    if (!parameterSchema || !validatesParameters) return this.#parameters;
    try {
      const complete = await validateParameters(name, parameterSchema, this.#parameters);
      return { ...complete, ...this.#parameters };
    } catch {
      // Told when the run begins; parameters that are still futures fit then.
      return this.#parameters;
    }
  }

  #adopt(wire: FlowRunResponse): void {
    const state = this.#run?.state;
    this.#run = flowRunFromWire(wire);
    // The state that this process has proposed knows its value; the one that was read doesn't.
    if (state && state.id === this.#run.state.id) this.#run.state = state;
    this.future.enter(this.#run.state as State<R>); // the run of this flow ends in this flow's values
    this.future.identify(this.#run.id);
    this.#runLogger = new RunLogger(
      {
        loggerName: "prefect.flow_runs",
        label: `Flow run '${this.#run.name}'`,
        flowRunId: this.#run.id,
        taskRunId: null,
      },
      this.#transport,
    );
  }

  /** Brings the run from Pending to Running. False when it is over before its function was called. */
  async #begin(): Promise<boolean> {
    try {
      await this.#resolveParameters();
    } catch (error) {
      if (!(error instanceof UpstreamTaskError)) throw error;
      const notReady = Pending({ name: "NotReady", message: error.message });
      await this.#propose(notReady, { force: this.#state.isPending() });
      this.#finish({ ok: false, error });
      return false;
    }
    if (!(await this.#validateParameters())) return false;
    await this.#nameRun();
    await this.#propose(Running());
    while (this.#state.isPending()) {
      await sleep(PENDING_POLL_SECONDS, this.#interruption.signal);
      await this.#propose(Running());
    }
    if (this.#state.isRunning()) return true;
    await this.#finishByState();
    return false;
  }

  async #resolveParameters(): Promise<void> {
    const { needsResolving } = collectInputs(this.#parameters, null);
    if (needsResolving) {
      this.#parameters = await resolveInputs(this.#parameters);
      // The run was made before its inputs were there.
      await this.#transport.updateFlowRun(this.#flowRun.id, {
        parameters: serializeParameters(this.#parameters),
      });
    }
    if (this.#call.waitFor?.length) await resolveInputs(this.#call.waitFor);
  }

  async #validateParameters(): Promise<boolean> {
    const { parameterSchema, validatesParameters, name } = this.#flow;
    if (!parameterSchema || !validatesParameters) return true;
    try {
      this.#parameters = await validateParameters(name, parameterSchema, this.#parameters);
      return true;
    } catch (error) {
      const message = "Validation of flow parameters failed with error:";
      this.#log.error(`${message} ${describeError(error)}`);
      await this.#propose(failedState(error, message));
      this.#finish({ ok: false, error });
      return false;
    }
  }

  async #nameRun(): Promise<void> {
    if (!this.#flow.flowRunName) return;
    const name = renderRunName(this.#flow.flowRunName, this.#parameters);
    await this.#transport.updateFlowRun(this.#flowRun.id, { name });
  }

  async #execute(): Promise<void> {
    const isTopLevel = this.#context.flow === null;
    const heartbeat = startHeartbeat(this.#transport, this.#flowRun, this.#flow.name);
    const watch = isTopLevel
      ? watchRun(this.#transport, this.#flowRun.id, (reason) => this.#stop(reason))
      : null;
    const leaseId = this.#state.details.deployment_concurrency_lease_id;
    const lease = leaseId
      ? keepLease(this.#transport, leaseId, DEPLOYMENT_LEASE_SECONDS, (error) => void this.crash(error))
      : null;
    try {
      while (this.#state.isRunning() && !this.#hasCrashed) await this.#attempt();
      if (!this.future.isSettled && !this.#hasCrashed) await this.#finishByState();
    } finally {
      heartbeat.stop();
      watch?.stop();
      lease?.stop();
    }
  }

  /** Cancelled or suspended from outside. */
  #stop(reason: CancelledRun | FlowRunSuspended): void {
    if (this.#scope && reason instanceof FlowRunSuspended) this.#scope.suspension = reason;
    this.#interruption.abort(reason);
  }

  async #attempt(): Promise<void> {
    const scope = await this.#openScope();
    const seconds = this.#flow.timeoutSeconds;
    const timeoutError = () => new FlowRunTimeoutError(seconds ?? 0);
    const body = async () => {
      const value = await this.#callFunction(scope);
      await scope.settled();
      return { value: await futuresToStates(value) };
    };
    try {
      const limited = withTimeLimit(body, seconds, scope.interruption, timeoutError);
      const { value } = await unlessInterrupted(limited, this.#interruption);
      scope.close();
      await this.#succeed(value);
    } catch (error) {
      scope.close();
      await this.#afterError(error, scope);
    }
    void scope.settled().then(() => scope.runner.close());
  }

  async #openScope(): Promise<FlowScope> {
    this.#adopt(await this.#transport.readFlowRun(this.#flowRun.id));
    const deploymentName = process.env.PREFECT__DEPLOYMENT_NAME ?? null;
    this.#scope = new FlowScope({
      flowName: this.#flow.name,
      flowVersion: this.#flow.version,
      flowRun: this.#flowRun,
      parameters: this.#parameters,
      transport: this.#transport,
      runner: this.#flow.taskRunner.duplicate(),
      interruption: new Interruption(this.#interruption),
      parent: this.#context.flow,
      ancestry: await readAncestry(this.#transport, this.#flowRun, this.#context.flow),
      related: flowRunRelated(this.#flowRun, this.#flow.name, deploymentName),
    });
    return this.#scope;
  }

  #callFunction(scope: FlowScope): unknown {
    const { name, id, parentTaskRunId } = this.#flowRun;
    const kind = parentTaskRunId === null ? "flow" : "subflow";
    this.#log.info(`Beginning ${kind} run '${name}' for flow '${this.#flow.name}'`);
    const { uiUrl } = this.#transport.target;
    if (uiUrl) this.#log.say(`View at ${uiUrl}/runs/flow-run/${id}`);
    const logPrints = this.#flow.logPrints ?? this.#context.logPrints ?? sdkSettings().loggingLogPrints;
    if (logPrints) installConsoleCapture();
    const context = { ...this.#context, flow: scope, task: null, logPrints, transport: this.#transport };
    // The parameters have passed the schema, or the type checker where there is none.
    return runInContext(context, () => this.#flow.fn(this.#parameters as never));
  }

  async #succeed(value: unknown): Promise<void> {
    const state = returnValueToState(value);
    await this.#propose(state);
    if (this.#state !== state) return;
    if (!state.isCompleted()) {
      this.#finish({ ok: false, error: stateError(state) });
      return;
    }
    const result = await valuesOfStates(value instanceof State ? state.data : value);
    this.#context.flow?.linkResult(result, { input_type: "flow_run", id: this.#flowRun.id });
    this.#finish({ ok: true, value: result as R }); // what the function's type promises, with futures resolved
  }

  async #afterError(error: unknown, scope: FlowScope): Promise<void> {
    if (this.#hasCrashed) return;
    if (error instanceof FlowRunSuspended || error instanceof Abort) throw error;
    const isTimeout = error instanceof FlowRunTimeoutError && scope.interruption.signal.reason === error;
    if (!isTimeout && this.#interruption.isAborted) {
      await this.#interrupted(error);
      return;
    }
    if (isTimeout) this.#log.error(error.message);
    else this.#log.error(`Encountered exception during execution: ${stackOf(error)}`);
    const state = isTimeout
      ? Failed({ name: "TimedOut", message: error.message, data: error })
      : failedState(error, "Flow run encountered an exception:");
    await this.#propose(state);
    if (this.#state === state) {
      scope.interruption.abort(new FlowRunEndedError("Work", this.#flowRun.name));
      this.#finish({ ok: false, error });
    } else if (this.#state.isScheduled()) await this.#runAgain(state, scope);
  }

  async #runAgain(failed: State, scope: FlowScope): Promise<void> {
    this.#log.info(
      `Received non-final state '${this.#state.name}' when proposing final state '${failed.name}' and will attempt to run again...`,
    );
    scope.interruption.abort(new FlowRunEndedError("Work of the failed attempt", this.#flowRun.name));
    // Attempts don't overlap. A function that timed out may never end, so what it has started isn't waited for.
    if (failed.name !== "TimedOut") await scope.settled();
    await this.#propose(Running());
  }

  /** Told to stop from outside: cancelled, crashing with its process, or the run around it is over. */
  async #interrupted(error: unknown): Promise<void> {
    const { reason } = this.#interruption.signal as { reason: unknown };
    if (reason instanceof CancelledRun) await this.#cancel(reason);
    else if (this.#hasCrashed && reason instanceof Error) await this.#reportCrash(reason);
    else {
      const cause = reason instanceof Error ? reason : error;
      await this.crash(new Error("Execution was cancelled by the runtime environment.", { cause }));
    }
  }

  async #cancel(reason: CancelledRun): Promise<void> {
    this.#log.info("Flow run was cancelled.");
    await this.#callHooks(this.#flow.hooks.onCancellation);
    await this.#propose(Cancelled({ message: reason.message, data: reason }), { force: true });
    this.#finish({ ok: false, error: reason });
  }

  /** The server has put the run into a state that this process didn't propose. */
  async #finishByState(): Promise<void> {
    if (this.#state.isCancelling()) {
      await this.#cancel(new CancelledRun(this.#state.message ?? "Flow run was cancelled."));
      return;
    }
    try {
      this.#finish({ ok: true, value: (await this.#state.result()) as R }); // the state is this flow's
    } catch (error) {
      this.#finish({ ok: false, error });
    }
  }

  /** Proposals follow each other: a crash must not overtake the state that is just being proposed. */
  #propose(state: State, { force = false } = {}): Promise<void> {
    const proposing = this.#lastProposal.then(() => this.#proposeNow(state, force));
    this.#lastProposal = proposing.catch(() => {});
    return proposing;
  }

  async #proposeNow(state: State, force: boolean): Promise<void> {
    if (this.#hasCrashed && !state.isCrashed()) throw this.#interruption.signal.reason;
    const entered = await proposeState({
      transport: this.#transport,
      flowRunId: this.#flowRun.id,
      state,
      force,
      execution: this.#execution,
      ...(force ? {} : { signal: this.#interruption.signal }),
    });
    this.#flowRun.state = entered;
    this.future.enter(entered as State<R>); // the run of this flow ends in this flow's values
    await this.#callHooks(this.#hooksOf(entered));
  }

  #hooksOf(state: State): readonly Hook<object, FlowRun>[] {
    const { hooks } = this.#flow;
    if (state.isRunning()) return hooks.onRunning;
    if (state.isCompleted()) return hooks.onCompletion;
    if (state.isFailed()) return hooks.onFailure;
    return state.isCrashed() ? hooks.onCrashed : [];
  }

  async #callHooks(hooks: readonly Hook<object, FlowRun>[]): Promise<void> {
    if (hooks.length === 0) return;
    const logger = flowRunLogger(this.#flowRun);
    await callHooks(hooks, this.#flow.callable, this.#flowRun, this.#state, logger);
  }

  /** Suspended, aborted, told to stop while waiting, or the server is away. */
  async #endWithoutVerdict(error: unknown): Promise<void> {
    this.#scope?.close();
    if (error instanceof Abort) this.#runLogger?.error(`Flow run was aborted: ${error.message}`);
    else if (error instanceof FlowRunSuspended) this.#runLogger?.info(error.message);
    else if (this.#run && this.#interruption.isAborted && error instanceof Error) {
      await this.#interrupted(error).catch(() => {});
    } else if (this.#run) {
      const message = `Execution was interrupted by an unexpected exception: ${describeError(error)}`;
      await this.crash(new Error(message, { cause: error }));
    }
    this.future.settle({ ok: false, error });
  }

  #finish(outcome: { ok: true; value: R } | { ok: false; error: unknown }): void {
    if (this.future.isSettled) return;
    this.#log.info(`Finished in state ${this.#state.toString()}`);
    this.future.settle(outcome);
  }

  get #transport(): Transport {
    if (!this.#connection) throw new Error("The flow engine has no connection yet.");
    return this.#connection;
  }

  get #flowRun(): FlowRun {
    if (!this.#run) throw new Error("The flow engine has no run yet.");
    return this.#run;
  }

  get #state(): State {
    return this.#flowRun.state;
  }

  get #log(): RunLogger {
    if (!this.#runLogger) throw new Error("The flow engine has no run yet.");
    return this.#runLogger;
  }
}

function failedState(error: unknown, prefix: string): State {
  const state = Failed({ message: `${prefix} ${describeError(error)}`, data: error });
  state.details = { retriable: false };
  return state;
}
