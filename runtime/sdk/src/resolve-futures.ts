/** Nested structures of futures and their values. */
import { allowFailure } from "./annotations.ts";
import { resolveInputs } from "./inputs.ts";
import type { RunFuture } from "./futures.ts";
import type { State } from "./states.ts";

/** A structure of futures and states with their values in their places. */
export type Resolved<T> =
  T extends RunFuture<infer V>
    ? V
    : T extends State<infer V>
      ? V
      : T extends readonly unknown[]
        ? { -readonly [K in keyof T]: Resolved<T[K]> }
        : T extends Record<string, unknown>
          ? { [K in keyof T]: Resolved<T[K]> }
          : T;

/**
 * Waits for the futures in arrays, sets, maps and plain objects and puts their values in their places.
 * @throws UpstreamTaskError when a run didn't complete; with `raiseOnFailure: false` its error takes its place
 */
export async function resolveFuturesToResults<T>(
  value: T,
  options: { raiseOnFailure?: boolean } = {},
): Promise<Resolved<T>> {
  const resolved =
    options.raiseOnFailure === false ? await resolveInputs(allowFailure(value)) : await resolveInputs(value);
  return resolved as Resolved<T>; // every future has been replaced by its value
}
