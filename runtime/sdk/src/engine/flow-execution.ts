/**
 * Executes a flow run that the server knows: proposes its states, obeys the verdicts, calls the function once per attempt.
 *
 * 1. The server decides. What it answers is the run's state, whatever was proposed.
 * 2. Each attempt has a scope of its own; when the attempt is over nothing starts in it any more.
 * 3. An attempt whose function has returned waits for what the function has started, before the final state is proposed.
 * 4. The future is settled last, after hooks.
 */
import { sleep } from "../clock.ts";
import { type RunContext, runInContext } from "../context.ts";
import { Abort, FlowRunSuspended } from "../engine-signals.ts";
import {
  CancelledRun,
  describeError,
  FlowRunEndedError,
  FlowRunTimeoutError,
  UpstreamTaskError,
} from "../errors.ts";
import { FlowScope } from "../flow-scope.ts";
import type { FlowRunFuture } from "../futures.ts";
import { resolveInputs } from "../inputs.ts";
import { Interruption } from "../interruption.ts";
import { installConsoleCapture } from "../logging/console-capture.ts";
import { sdkSettings } from "../sdk-settings.ts";
import { Cancelled, Crashed, Failed, Pending, Running, State, stateError } from "../states.ts";
import { readAncestry } from "./ancestry.ts";
import { keepLease } from "./concurrency-slots.ts";
import { futuresToStates, returnValueToState, valuesOfStates } from "./final-state.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { checkParameters, type Parameters, resolveParameters } from "./flow-parameters.ts";
import type { FlowRunRecord } from "./flow-run-record.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { stackOf } from "./hooks.ts";
import { renderRunName } from "./name-template.ts";
import { flowRunRelated } from "./related-resources.ts";
import { watchRun } from "./run-watch.ts";
import { unlessInterrupted, withTimeLimit } from "./time-limit.ts";

/** Seconds between proposals to run while the server keeps the run pending. */
const PENDING_POLL_SECONDS = 0.2;
/** A deployment's concurrency slot is held by a lease of this many seconds. */
const DEPLOYMENT_LEASE_SECONDS = 300;

export interface FlowExecutionInit<R> {
  readonly flow: FlowDefinition;
  readonly record: FlowRunRecord<R>;
  readonly future: FlowRunFuture<R>;
  /** Around the call. */
  readonly context: RunContext;
  readonly interruption: Interruption;
  readonly parameters: Parameters;
  readonly waitFor: readonly unknown[];
}

export class FlowExecution<R> {
  readonly #flow: FlowDefinition;
  readonly #record: FlowRunRecord<R>;
  readonly #future: FlowRunFuture<R>;
  readonly #context: RunContext;
  readonly #interruption: Interruption;
  readonly #waitFor: readonly unknown[];
  #parameters: Parameters;
  #scope: FlowScope | null = null;
  #crashReport: Promise<void> | null = null;

  constructor(init: FlowExecutionInit<R>) {
    this.#flow = init.flow;
    this.#record = init.record;
    this.#future = init.future;
    this.#context = init.context;
    this.#interruption = init.interruption;
    this.#waitFor = init.waitFor;
    this.#parameters = init.parameters;
  }

  /** Never rejects: how the run ends is told by the future. */
  async run(): Promise<void> {
    try {
      this.#interruption.signal.throwIfAborted();
      if (await this.#begin()) await this.#execute();
    } catch (error) {
      await this.#endWithoutVerdict(error);
    }
  }

  /** Reports the run as Crashed, with everything that is under way in it. Never rejects. */
  crash(error: Error): Promise<void> {
    if (this.#future.isSettled) return Promise.resolve();
    this.#crashReport ??= this.#reportCrash(error);
    return this.#crashReport;
  }

  async #reportCrash(error: Error): Promise<void> {
    const { log } = this.#record;
    this.#scope?.close();
    this.#interruption.abort(error);
    const inside = Array.from(this.#scope?.active.values() ?? [], (run) => run.crash(error));
    log.error(`Crash detected! ${error.message}`);
    try {
      if (!this.#state.isFinal()) {
        await this.#record.propose(Crashed({ message: error.message, data: error }), { force: true });
      }
    } catch (cause) {
      log.error(`The crash could not be reported: ${describeError(cause)}`);
    }
    await Promise.all(inside);
    this.#finish({ ok: false, error });
  }

  /** Brings the run from Pending to Running. False when it is over before its function was called. */
  async #begin(): Promise<boolean> {
    const { transport, run, log } = this.#record;
    try {
      this.#parameters = await resolveParameters(transport, run.id, this.#parameters);
      await resolveInputs(this.#waitFor);
    } catch (error) {
      if (!(error instanceof UpstreamTaskError)) throw error;
      const notReady = Pending({ name: "NotReady", message: error.message });
      await this.#record.propose(notReady, { force: this.#state.isPending() });
      return this.#finish({ ok: false, error });
    }
    try {
      this.#parameters = await checkParameters(this.#flow, this.#parameters);
    } catch (error) {
      const message = "Validation of flow parameters failed with error:";
      log.error(`${message} ${describeError(error)}`);
      await this.#record.propose(failedState(error, message));
      return this.#finish({ ok: false, error });
    }
    if (this.#flow.flowRunName) {
      const name = renderRunName(this.#flow.flowRunName, this.#parameters);
      await transport.updateFlowRun(run.id, { name });
    }
    return this.#becomeRunning();
  }

  async #becomeRunning(): Promise<boolean> {
    await this.#record.propose(Running());
    while (this.#state.isPending()) {
      await sleep(PENDING_POLL_SECONDS, this.#interruption.signal);
      await this.#record.propose(Running());
    }
    if (this.#state.isRunning()) return true;
    await this.#finishByState();
    return false;
  }

  async #execute(): Promise<void> {
    const { transport, run } = this.#record;
    const heartbeat = startHeartbeat(transport, run, this.#flow.name);
    // A nested run is told by the run around it.
    const watch = this.#context.flow ? null : watchRun(transport, run.id, (reason) => this.#stop(reason));
    const leaseId = this.#state.details.deployment_concurrency_lease_id;
    const lease = leaseId
      ? keepLease(transport, leaseId, DEPLOYMENT_LEASE_SECONDS, (error) => void this.crash(error))
      : null;
    try {
      while (this.#state.isRunning() && !this.#crashReport) await this.#attempt();
      if (!this.#future.isSettled && !this.#crashReport) await this.#finishByState();
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
    await this.#record.refresh();
    const { transport, run } = this.#record;
    const parent = this.#context.flow;
    const deploymentName = process.env.PREFECT__DEPLOYMENT_NAME ?? null;
    this.#scope = new FlowScope({
      flowName: this.#flow.name,
      flowVersion: this.#flow.version,
      flowRun: run,
      parameters: this.#parameters,
      transport,
      runner: this.#flow.taskRunner.duplicate(),
      interruption: new Interruption(this.#interruption),
      parent,
      ancestry: await readAncestry(transport, run, parent),
      related: flowRunRelated(run, this.#flow.name, deploymentName),
    });
    return this.#scope;
  }

  #callFunction(scope: FlowScope): unknown {
    const { run, log, transport } = this.#record;
    const kind = run.parentTaskRunId === null ? "flow" : "subflow";
    log.info(`Beginning ${kind} run '${run.name}' for flow '${this.#flow.name}'`);
    const { uiUrl } = transport.target;
    if (uiUrl) log.say(`View at ${uiUrl}/runs/flow-run/${run.id}`);
    const logPrints = this.#flow.logPrints ?? this.#context.logPrints ?? sdkSettings().loggingLogPrints;
    if (logPrints) installConsoleCapture();
    const context = { ...this.#context, flow: scope, task: null, logPrints, transport };
    // The parameters have passed the schema, or the type checker where there is none.
    return runInContext(context, () => this.#flow.fn(this.#parameters as never));
  }

  async #succeed(value: unknown): Promise<void> {
    const state = returnValueToState(value);
    await this.#record.propose(state);
    if (this.#state !== state) return;
    if (!state.isCompleted()) {
      this.#finish({ ok: false, error: stateError(state) });
      return;
    }
    const result = await valuesOfStates(value instanceof State ? state.data : value);
    this.#context.flow?.linkResult(result, { input_type: "flow_run", id: this.#record.run.id });
    this.#finish({ ok: true, value: result as R }); // what the function's type promises, with futures resolved
  }

  async #afterError(error: unknown, scope: FlowScope): Promise<void> {
    if (this.#crashReport) return;
    if (error instanceof FlowRunSuspended || error instanceof Abort) throw error;
    const isTimeout = error instanceof FlowRunTimeoutError && scope.interruption.signal.reason === error;
    if (!isTimeout && this.#interruption.isAborted) {
      await this.#interrupted(error);
      return;
    }
    const { log, run } = this.#record;
    log.error(isTimeout ? error.message : `Encountered exception during execution: ${stackOf(error)}`);
    const state = isTimeout
      ? Failed({ name: "TimedOut", message: error.message, data: error })
      : failedState(error, "Flow run encountered an exception:");
    await this.#record.propose(state);
    if (this.#state === state) {
      scope.interruption.abort(new FlowRunEndedError("Work", run.name));
      this.#finish({ ok: false, error });
    } else if (this.#state.isScheduled()) await this.#runAgain(state, scope);
  }

  async #runAgain(failed: State, scope: FlowScope): Promise<void> {
    const { log, run } = this.#record;
    log.info(
      `Received non-final state '${this.#state.name}' when proposing final state '${failed.name}' and will attempt to run again...`,
    );
    scope.interruption.abort(new FlowRunEndedError("Work of the failed attempt", run.name));
    // Attempts don't overlap. A function that timed out may never end, so what it has started isn't waited for.
    if (failed.name !== "TimedOut") await scope.settled();
    await this.#record.propose(Running());
  }

  /** Told to stop from outside: cancelled, or the run around this one is over. */
  async #interrupted(error: unknown): Promise<void> {
    const { reason } = this.#interruption.signal as { reason: unknown };
    if (reason instanceof CancelledRun) {
      await this.#cancel(reason);
      return;
    }
    const cause = reason instanceof Error ? reason : error;
    await this.crash(new Error("Execution was cancelled by the runtime environment.", { cause }));
  }

  async #cancel(reason: CancelledRun): Promise<void> {
    this.#record.log.info("Flow run was cancelled.");
    await this.#record.callHooks(this.#flow.hooks.onCancellation);
    await this.#record.propose(Cancelled({ message: reason.message, data: reason }), { force: true });
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

  /** Suspended, aborted, told to stop while waiting, or the server is away. */
  async #endWithoutVerdict(error: unknown): Promise<void> {
    const { log } = this.#record;
    this.#scope?.close();
    if (error instanceof Abort) log.error(`Flow run was aborted: ${error.message}`);
    else if (error instanceof FlowRunSuspended) log.info(error.message);
    else if (this.#crashReport) await this.#crashReport;
    else if (this.#interruption.isAborted) await this.#interrupted(error).catch(() => {});
    else {
      const message = `Execution was interrupted by an unexpected exception: ${describeError(error)}`;
      await this.crash(new Error(message, { cause: error }));
    }
    this.#future.settle({ ok: false, error });
  }

  /** Always false, for callers that say whether the run goes on. */
  #finish(outcome: { ok: true; value: R } | { ok: false; error: unknown }): false {
    if (!this.#future.isSettled) {
      this.#record.log.info(`Finished in state ${this.#state.toString()}`);
      this.#future.settle(outcome);
    }
    return false;
  }

  get #state(): State {
    return this.#record.state;
  }
}

function failedState(error: unknown, prefix: string): State {
  const state = Failed({ message: `${prefix} ${describeError(error)}`, data: error });
  state.details = { retriable: false };
  return state;
}
