/** The process's wall clock, in the wire's precision. */
import type { Timestamp } from "@sluice/schemas";

/** Past this distance from `Date.now()` the monotonic clock is set anew: the system's clock was adjusted. */
const LARGEST_DRIFT_MS = 2;

let originMs = performance.timeOrigin;

/** Now, in whole microseconds since the epoch. `Date` stops at milliseconds; states need to be told apart. */
export function now(): Timestamp {
  const elapsedMs = performance.now();
  const wallMs = Date.now();
  const driftMs = originMs + elapsedMs - wallMs;
  if (driftMs > LARGEST_DRIFT_MS || driftMs < -LARGEST_DRIFT_MS) originMs = wallMs - elapsedMs;
  return Math.round((originMs + elapsedMs) * 1000) as Timestamp;
}

/** Resolves after `seconds`; rejects with the signal's reason when it aborts first. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  if (seconds <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
