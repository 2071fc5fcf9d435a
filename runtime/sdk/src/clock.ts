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

/** Timers can't wait longer than this at once; beyond it they would fire immediately. */
const LONGEST_TIMER_SECONDS = 2_147_483;

/** Calls `callback` after `seconds`, however many, unless the returned function is called before. */
export function callAfter(seconds: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number) => {
    const now = Math.min(left, LONGEST_TIMER_SECONDS);
    timer = setTimeout(() => (left > now ? wait(left - now) : callback()), Math.max(0, now) * 1000);
  };
  wait(seconds);
  return () => clearTimeout(timer);
}

/** Resolves after `seconds`; rejects with the signal's reason when it aborts first. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  if (seconds <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = callAfter(seconds, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
