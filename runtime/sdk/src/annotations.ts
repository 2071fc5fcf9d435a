/** Wrappers that say how an argument of a task is to be treated. */

/** An argument with a note on it. The engine unwraps it before the task's function sees it. */
export abstract class Annotation<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }
}

export class Unmapped<T> extends Annotation<T> {
  declare private readonly kind: "unmapped";
}

export class AllowFailure<T> extends Annotation<T> {
  declare private readonly kind: "allow-failure";
}

export class Quote<T> extends Annotation<T> {
  declare private readonly kind: "quote";
}

export class Opaque<T> extends Annotation<T> {
  declare private readonly kind: "opaque";
}

/** In `map`: pass the value whole to every run, though it could be iterated over. */
export function unmapped<T>(value: T): Unmapped<T> {
  return new Unmapped(value);
}

/** Start although this upstream failed; the failed run's error takes the place of its value. */
export function allowFailure<T>(value: T): AllowFailure<T> {
  return new AllowFailure(value);
}

/** Pass the value as it is: futures in it are neither awaited nor recorded as upstreams. */
export function quote<T>(value: T): Quote<T> {
  return new Quote(value);
}

/** Await and record the value itself, but don't look inside of it. Spares a walk through a large object. */
export function opaque<T>(value: T): Opaque<T> {
  return new Opaque(value);
}
