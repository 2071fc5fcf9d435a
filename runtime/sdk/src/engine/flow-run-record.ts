/**
 * A flow run as its own process keeps it: the server's last word on it, and the way to the next state.
 *
 * 1. Proposals follow each other, so that a crash can't overtake the state that is just being proposed.
 * 2. Once the run is crashing, nothing but that is proposed.
 * 3. Hooks run after the proposal they answer to, and hold up no other.
 */
import { type FlowRun, flowRunFromWire } from "../flow-run.ts";
import type { FlowRunFuture } from "../futures.ts";
import type { Interruption } from "../interruption.ts";
import { RunLogger } from "../logging/run-logger.ts";
import type { State } from "../states.ts";
import type { Transport } from "../transport/transport.ts";
import type { FlowRunResponse } from "../transport/wire.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import type { Hook } from "./hook.ts";
import { callHooks } from "./hooks.ts";
import { type Execution, proposeState } from "./propose-state.ts";

export interface FlowRunRecordInit<R> {
  readonly flow: FlowDefinition;
  readonly transport: Transport;
  readonly wire: FlowRunResponse;
  readonly future: FlowRunFuture<R>;
  readonly interruption: Interruption;
}

export class FlowRunRecord<R> {
  readonly transport: Transport;
  readonly #flow: FlowDefinition;
  readonly #future: FlowRunFuture<R>;
  readonly #interruption: Interruption;
  readonly #execution: Execution = { attempt: null };
  #run: FlowRun;
  #log: RunLogger;
  #lastProposal: Promise<unknown> = Promise.resolve();
  #isCrashing = false;

  constructor({ flow, transport, wire, future, interruption }: FlowRunRecordInit<R>) {
    this.transport = transport;
    this.#flow = flow;
    this.#future = future;
    this.#interruption = interruption;
    this.#run = flowRunFromWire(wire);
    this.#log = this.#makeLogger();
    this.#enter(this.#run.state);
    future.identify(this.#run.id);
  }

  get run(): FlowRun {
    return this.#run;
  }

  get state(): State {
    return this.#run.state;
  }

  get log(): RunLogger {
    return this.#log;
  }

  /** Reads the run anew: its count of attempts, its name. */
  async refresh(): Promise<void> {
    const known = this.state;
    this.#run = flowRunFromWire(await this.transport.readFlowRun(this.#run.id));
    // The state that this process has proposed knows its value; the one that was read doesn't.
    this.#enter(known.id === this.#run.state.id ? known : this.#run.state);
    this.#log = this.#makeLogger();
  }

  /**
   * Proposes a state, enters what the server answers and calls the hooks of that.
   * @throws Abort, FlowRunSuspended, or the reason for which the run was told to stop
   */
  async propose(state: State, { force = false } = {}): Promise<void> {
    if (state.isCrashed()) this.#isCrashing = true;
    const proposing = this.#lastProposal.then(() => this.#proposeNow(state, force));
    this.#lastProposal = proposing.catch(() => {});
    await this.callHooks(this.#hooksOf(await proposing));
  }

  async callHooks(hooks: readonly Hook<object, FlowRun>[]): Promise<void> {
    await callHooks(hooks, this.#flow.callable, this.#run, this.state, this.#log);
  }

  async #proposeNow(state: State, force: boolean): Promise<State> {
    if (this.#isCrashing && !state.isCrashed()) throw this.#interruption.signal.reason;
    const entered = await proposeState({
      transport: this.transport,
      flowRunId: this.#run.id,
      state,
      force,
      execution: this.#execution,
      ...(force ? {} : { signal: this.#interruption.signal }),
    });
    this.#enter(entered);
    return entered;
  }

  #enter(state: State): void {
    this.#run.state = state;
    this.#future.enter(state as State<R>); // the run of this flow ends in this flow's values
  }

  #hooksOf(state: State): readonly Hook<object, FlowRun>[] {
    const { hooks } = this.#flow;
    if (state.isRunning()) return hooks.onRunning;
    if (state.isCompleted()) return hooks.onCompletion;
    if (state.isFailed()) return hooks.onFailure;
    return state.isCrashed() ? hooks.onCrashed : [];
  }

  #makeLogger(): RunLogger {
    const { id, name } = this.#run;
    const label = `Flow run '${name}'`;
    return new RunLogger(
      { loggerName: "prefect.flow_runs", label, flowRunId: id, taskRunId: null },
      this.transport,
    );
  }
}
