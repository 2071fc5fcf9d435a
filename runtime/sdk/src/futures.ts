/**
 * Futures: handles of runs that may still be going on.
 *
 * A future is also a promise of the run's value, so it can be awaited. Inside of a flow it never causes an unhandled
 * rejection by itself: a failure that nobody awaits surfaces in the run's state and, when the future is returned, in the
 * flow's. A flow that a program calls itself fails like any promise.
 */
import { callAfter, now } from "./clock.ts";
import type { State } from "./states.ts";

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Ends a promise that somebody waits for. A method, so that a future of a narrow type is one of a wider type. */
interface Pending<T> {
  settle(outcome: Outcome<T>): void;
}

/** What flow and task futures share. */
export abstract class RunFuture<T> implements Promise<T> {
  #outcome: Outcome<T> | null = null;
  #promise: Promise<T> | null = null;
  #pending: Pending<T> | null = null;
  #callbacks: (() => void)[] = [];
  #isLoud = false;

  readonly [Symbol.toStringTag]: string = "RunFuture";

  /** The run's state as this process knows it; final once the future is settled. */
  abstract get state(): State<T>;

  /** True once the run has ended, in whichever way. */
  get isSettled(): boolean {
    return this.#outcome !== null;
  }

  // biome-ignore lint/suspicious/noThenProperty: a future is a promise by design
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#asPromise().then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#asPromise().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#asPromise().finally(onFinally);
  }

  /**
   * Resolves when the run has ended, or after `timeoutSeconds`; look at {@link state} or {@link isSettled} then.
   * Does not reject when the run failed.
   */
  async wait(timeoutSeconds?: number): Promise<void> {
    if (this.#outcome) return;
    await withDeadline(this.#asPromise().then(ignore, ignore), timeoutSeconds);
  }

  /**
   * The run's value.
   * @throws the run's error (returned instead with `raiseOnFailure: false`); `TimeoutError` after `timeoutSeconds`
   */
  async result(options?: { timeoutSeconds?: number; raiseOnFailure?: true }): Promise<T>;
  async result(options: { timeoutSeconds?: number; raiseOnFailure: boolean }): Promise<T | Error>;
  async result(options: { timeoutSeconds?: number; raiseOnFailure?: boolean } = {}): Promise<T | Error> {
    await this.wait(options.timeoutSeconds);
    const outcome = this.#outcome;
    if (!outcome) {
      throw new DOMException(`Run didn't end within ${options.timeoutSeconds} second(s)`, "TimeoutError");
    }
    if (outcome.ok) return outcome.value;
    if (options.raiseOnFailure === false && outcome.error instanceof Error) return outcome.error;
    throw outcome.error;
  }

  /** Calls `callback` once the run has ended; at once (in the next microtask) if it has. */
  addDoneCallback(callback: (future: this) => void): void {
    if (this.#outcome) queueMicrotask(() => callback(this));
    else this.#callbacks.push(() => callback(this));
  }

  /** @internal Treats a failure that nobody awaits as Node treats that of any promise: it ends the process. */
  surfaceFailure(): void {
    this.#isLoud = true;
  }

  /** @internal The engine's report of how the run ended; only the first counts. */
  settle(outcome: Outcome<T>): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#pending?.settle(outcome);
    // A rejected promise without a handler is what Node reports.
    if (this.#isLoud && !outcome.ok) void this.#asPromise();
    for (const callback of this.#callbacks) callback();
    this.#callbacks = [];
  }

  /** Made only when somebody looks: most futures of a large flow are settled before. */
  #asPromise(): Promise<T> {
    if (this.#promise) return this.#promise;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const settle = (outcome: Outcome<T>) => (outcome.ok ? resolve(outcome.value) : reject(outcome.error));
    if (this.#outcome) settle(this.#outcome);
    else this.#pending = { settle };
    if (!this.#isLoud) promise.catch(ignore);
    this.#promise = promise;
    return promise;
  }
}

/** The part of a task run that a future needs. */
export interface FutureTaskRun<T> {
  readonly id: string;
  readonly name: string;
  readonly state: State<T>;
}

/** A task run that may still be going on: what calling a task gives. */
export class TaskFuture<T> extends RunFuture<T> {
  /** @internal */
  readonly taskRun: FutureTaskRun<T>;

  constructor(taskRun: FutureTaskRun<T>) {
    super();
    this.taskRun = taskRun;
  }

  get taskRunId(): string {
    return this.taskRun.id;
  }

  get state(): State<T> {
    return this.taskRun.state;
  }
}

/** A flow run that may still be going on: what calling a flow gives. */
export class FlowRunFuture<T> extends RunFuture<T> {
  #state: State<T>;
  #flowRunId: string | null = null;
  /** Resolves with the run's id once the server knows the run; null when it never got there. */
  readonly created: Promise<string | null>;
  #announce: (id: string | null) => void = ignore;

  constructor(state: State<T>) {
    super();
    this.#state = state;
    this.created = new Promise((resolve) => {
      this.#announce = resolve;
    });
  }

  /** Null until the server knows the run; await {@link created}. */
  get flowRunId(): string | null {
    return this.#flowRunId;
  }

  get state(): State<T> {
    return this.#state;
  }

  /** @internal */
  enter(state: State<T>): void {
    this.#state = state;
  }

  /** @internal */
  identify(id: string): void {
    this.#flowRunId = id;
    this.#announce(id);
  }

  /** @internal */
  override settle(outcome: Outcome<T>): void {
    this.#announce(this.#flowRunId);
    super.settle(outcome);
  }
}

/** What `map` gives: the runs' futures in the order of the inputs. Awaiting it gives the values in that order. */
export class TaskFutureList<T> extends Array<TaskFuture<T>> implements PromiseLike<T[]> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  // biome-ignore lint/suspicious/noThenProperty: a list of futures can be awaited like one
  then<A = T[], B = never>(
    onFulfilled?: ((value: T[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return Promise.all(Array.from(this)).then(onFulfilled, onRejected);
  }

  /** Resolves when all runs have ended, or after `timeoutSeconds`. Does not reject when runs failed. */
  async wait(timeoutSeconds?: number): Promise<void> {
    await wait(this, { timeoutSeconds });
  }

  /**
   * The runs' values.
   * @throws the error of the first run that failed (with `raiseOnFailure: false` errors take their values' places);
   * `TimeoutError` after `timeoutSeconds`
   */
  async result(options?: { timeoutSeconds?: number; raiseOnFailure?: true }): Promise<T[]>;
  async result(options: { timeoutSeconds?: number; raiseOnFailure: boolean }): Promise<(T | Error)[]>;
  async result({
    timeoutSeconds,
    raiseOnFailure = true,
  }: {
    timeoutSeconds?: number;
    raiseOnFailure?: boolean;
  } = {}) {
    const deadline = timeoutSeconds === undefined ? undefined : secondsNow() + timeoutSeconds;
    const values: (T | Error)[] = [];
    for (const future of this) {
      const left = deadline === undefined ? undefined : Math.max(0, deadline - secondsNow());
      values.push(
        await future.result({ raiseOnFailure, ...(left === undefined ? {} : { timeoutSeconds: left }) }),
      );
    }
    return values;
  }
}

export interface WaitResult<F> {
  readonly done: F[];
  readonly notDone: F[];
}

/** Waits for futures, at most `timeoutSeconds`, and tells which have ended. Does not reject when runs failed. */
export async function wait<F extends RunFuture<unknown>>(
  futures: Iterable<F>,
  options: { timeoutSeconds?: number | undefined } = {},
): Promise<WaitResult<F>> {
  const all = [...futures];
  await withDeadline(Promise.all(all.map((future) => future.wait())), options.timeoutSeconds);
  return {
    done: all.filter((future) => future.isSettled),
    notDone: all.filter((future) => !future.isSettled),
  };
}

/**
 * Gives futures in the order in which they end. Each comes in an object, since a future by itself would be awaited on
 * the way.
 *
 * ```ts
 * for await (const { future } of asCompleted(futures)) console.log(future.state.name);
 * ```
 * @throws `TimeoutError` when some haven't ended after `timeoutSeconds`
 */
export async function* asCompleted<F extends RunFuture<unknown>>(
  futures: Iterable<F>,
  options: { timeoutSeconds?: number } = {},
): AsyncGenerator<{ readonly future: F }, void, void> {
  const all = [...futures];
  const ended: F[] = [];
  let wake = ignore;
  for (const future of all) {
    future.addDoneCallback(() => {
      ended.push(future);
      wake();
    });
  }
  const deadline = options.timeoutSeconds === undefined ? undefined : secondsNow() + options.timeoutSeconds;
  for (let given = 0; given < all.length; given++) {
    if (given === ended.length) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await withDeadline(changed, deadline === undefined ? undefined : deadline - secondsNow());
    }
    const future = ended[given];
    if (!future) {
      throw new DOMException(`${all.length - given} of ${all.length} futures unfinished`, "TimeoutError");
    }
    yield { future };
  }
}

async function withDeadline(promise: Promise<unknown>, seconds: number | undefined): Promise<void> {
  if (seconds === undefined) {
    await promise;
    return;
  }
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const cancel = callAfter(seconds, resolve);
  await Promise.race([promise, deadline]);
  cancel();
}

function secondsNow(): number {
  return now() / 1_000_000;
}

function ignore(): void {}
