import { connect } from "../connection.ts";
import { MissingResult } from "../errors.ts";
import { TaskFuture } from "../futures.ts";
import { State, stateError, stateFromWire } from "../states.ts";
import type { Transport } from "../transport/transport.ts";
import { readOutcome } from "./stored-values.ts";
import { untilTaskRunEnds } from "./task-run-ends.ts";

/** The part of a task run that its caller knows; the state changes when its end is known. */
interface DelayedRun<T> {
  readonly id: string;
  readonly name: string;
  state: State<T>;
}

/**
 * A task run that another process executes: what `delay` gives. Nothing is asked of the server before somebody awaits the
 * future or looks for its result.
 */
export class DelayedTaskFuture<T> extends TaskFuture<T> {
  /**
   * Resolves with the run's id once the server has the run: from then on it will be executed, whatever becomes of this
   * process. Rejects when it can't be brought there.
   */
  readonly created: Promise<string>;
  readonly #run: DelayedRun<T>;
  readonly #transport: Promise<Transport>;
  #isFollowing = false;

  /** @internal */
  constructor(run: DelayedRun<T>, transport: Promise<Transport>, created: Promise<string>) {
    super(run);
    this.#run = run;
    this.#transport = transport;
    this.created = created;
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is a promise by design
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#follow();
    return super.then(onFulfilled, onRejected);
  }

  override catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    this.#follow();
    return super.catch(onRejected);
  }

  override finally(onFinally?: (() => void) | null): Promise<T> {
    this.#follow();
    return super.finally(onFinally);
  }

  override wait(timeoutSeconds?: number): Promise<void> {
    this.#follow();
    return super.wait(timeoutSeconds);
  }

  override addDoneCallback(callback: (future: this) => void): void {
    this.#follow();
    super.addDoneCallback(callback);
  }

  #follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    void this.#untilEnd().catch((error: unknown) => this.settle({ ok: false, error }));
  }

  async #untilEnd(): Promise<void> {
    const id = await this.created;
    const run = await untilTaskRunEnds(await this.#transport, id);
    if (!run.state) throw new MissingResult();
    const state = stateFromWire<T>(run.state);
    this.#run.state = state;
    const outcome = await readOutcome(run.state.data);
    if (!state.isCompleted()) {
      const error = outcome && !outcome.ok ? outcome.error : stateError(state);
      state.attach(error);
      this.settle({ ok: false, error });
      return;
    }
    if (!outcome?.ok) throw new MissingResult();
    state.attach(outcome.value);
    this.settle({ ok: true, value: outcome.value as T }); // the function gave it
  }
}

/**
 * The future of a task run by its id, wherever it was delayed: for a process that was only told the id.
 *
 * ```ts
 * const report = await delayedTask<Report>(taskRunId);
 * ```
 */
export function delayedTask<T = unknown>(taskRunId: string): DelayedTaskFuture<T> {
  // What is known before the server is asked.
  const state = new State<T>("SCHEDULED", { details: { task_run_id: taskRunId } });
  return new DelayedTaskFuture<T>(
    { id: taskRunId, name: taskRunId, state },
    connect(),
    Promise.resolve(taskRunId),
  );
}
