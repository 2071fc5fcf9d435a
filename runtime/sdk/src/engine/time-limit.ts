/** Limits of a run: JavaScript can't be interrupted, so the engine goes on without it and tells it to stop. */
import { callAfter } from "../clock.ts";
import type { Interruption } from "../interruption.ts";

/**
 * What `body` gives. After `seconds`, rejects with the timeout's error instead of waiting for a body that may never
 * end, and tells the body to stop; its own outcome is then ignored.
 */
export async function withTimeLimit<T>(
  body: () => T | PromiseLike<T>,
  seconds: number | null,
  interruption: Interruption,
  timeoutError: () => Error,
): Promise<T> {
  if (seconds === null) return body();
  return new Promise<T>((resolve, reject) => {
    const cancel = callAfter(seconds, () => {
      const error = timeoutError();
      interruption.abort(error);
      reject(error);
    });
    void Promise.try(body).then(resolve, reject).finally(cancel);
  });
}

/** What `body` gives, or the reason as an error once the run is told to stop from outside. */
export async function unlessInterrupted<T>(body: Promise<T>, interruption: Interruption): Promise<T> {
  const { signal } = interruption;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    void body.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
