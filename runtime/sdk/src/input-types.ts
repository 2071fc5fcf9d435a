/** What may stand in for a value in a call: a future of it, a state, or a note on how to treat it. */
import type { AllowFailure, Opaque, Quote, Unmapped } from "./annotations.ts";
import type { RunFuture } from "./futures.ts";
import type { State } from "./states.ts";

/** A function that a task can be made of. */
export type AnyFunction = (...args: never[]) => unknown;

/**
 * A value of type `T`, or something that the engine turns into one: a future or state of it, also deep inside of arrays
 * and plain objects. `allowFailure` is for parameters that also take an `Error`.
 */
export type Input<T> =
  | T
  | RunFuture<T>
  | State<T>
  | Quote<T>
  | Opaque<T | RunFuture<T> | State<T>>
  | (Error extends T ? AllowFailure<Input<Exclude<T, Error>>> : never)
  | InputContents<T>;

type InputContents<T> = T extends readonly unknown[]
  ? { readonly [K in keyof T]: Input<T[K]> }
  : T extends Unopened
    ? never
    : T extends object
      ? { readonly [K in keyof T]: Input<T[K]> }
      : never;

/** Objects that the engine doesn't look into. */
type Unopened =
  | AnyFunction
  | Date
  | RegExp
  | Promise<unknown>
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ArrayBuffer
  | ArrayBufferView
  | Error;

/** The arguments of a call, position by position. */
export type Inputs<Args extends readonly unknown[]> = { [K in keyof Args]: Input<Args[K]> };

/** The arguments of `map`: one element per run, or a value for all runs. */
export type MapInputs<Args extends readonly unknown[]> = { [K in keyof Args]: MapInput<Args[K]> };

type MapInput<T> =
  | Iterable<Input<T>>
  | (Error extends T ? AllowFailure<Iterable<Input<Exclude<T, Error>>>> : never)
  | Unmapped<Input<T>>
  | Broadcast<T>;

/** Values that can't be iterated over go to every run as they are; text counts as one value. */
type Broadcast<T> = T extends string ? Input<T> : T extends Iterable<unknown> ? never : Input<T>;

/** A task's or flow's value: what it returns, with promises, futures and states taken off. */
export type RunResult<R> = StateValue<Awaited<R>>;

type StateValue<T> =
  T extends State<infer V>
    ? V
    : T extends readonly (RunFuture<unknown> | State)[]
      ? {
          -readonly [K in keyof T]: T[K] extends RunFuture<infer V>
            ? V
            : T[K] extends State<infer V>
              ? V
              : T[K];
        }
      : T;
