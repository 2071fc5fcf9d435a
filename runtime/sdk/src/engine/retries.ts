/** When a failed attempt is tried again. */
import { DefinitionError } from "../errors.ts";

/** Seconds before each retry: one for all, one per retry (the last repeats), or a function of the number of retries. */
export type RetryDelay = number | readonly number[] | ((retries: number) => readonly number[]);

/** Longest list of delays, as the server accepts it. */
const MOST_DELAYS = 50;

/**
 * Delays that double from `backoffFactor` seconds: `exponentialBackoff(10)` waits 10, 20, 40 … seconds.
 * For `retryDelaySeconds`.
 */
export function exponentialBackoff(backoffFactor: number): (retries: number) => number[] {
  return (retries) =>
    Array.from({ length: Math.min(retries, MOST_DELAYS) }, (_, retry) => backoffFactor * 2 ** retry);
}

/**
 * A retry delay as it is kept and sent.
 * @throws DefinitionError when the delays can't be used
 */
export function normalizeRetryDelay(delay: RetryDelay, retries: number): number | number[] {
  const value = typeof delay === "function" ? delay(retries) : delay;
  const list = typeof value === "number" ? [value] : [...value];
  if (list.length > MOST_DELAYS) {
    throw new DefinitionError(
      `retryDelaySeconds may hold at most ${MOST_DELAYS} delays, got ${list.length}.`,
    );
  }
  const bad = list.find((seconds) => !Number.isFinite(seconds) || seconds < 0);
  if (bad !== undefined) {
    throw new DefinitionError(`retryDelaySeconds must be numbers of seconds from 0 up, got ${bad}.`);
  }
  return typeof value === "number" ? value : list;
}

/** Seconds before the retry of this number (from 0), spread by the jitter factor. */
export function retryDelaySeconds(
  delay: number | readonly number[],
  retry: number,
  jitterFactor: number | null,
  random: () => number,
): number {
  const base = typeof delay === "number" ? delay : (delay[Math.min(retry, delay.length - 1)] ?? 0);
  if (!jitterFactor || base <= 0) return base;
  return clampedPoissonInterval(base, jitterFactor, random());
}

/**
 * A wait like those between independent arrivals, bounded above by `average * (1 + clampingFactor)` and below such that
 * the average stays about the same. `random` is in [0, 1).
 */
export function clampedPoissonInterval(average: number, clampingFactor: number, random: number): number {
  const upperMultiple = 1 + clampingFactor;
  const lower = average * lowerClampMultiple(upperMultiple);
  const upperShare = exponentialShare(average * upperMultiple, average);
  const lowerShare = exponentialShare(lower, average);
  return -average * Math.log(1 - (lowerShare + (upperShare - lowerShare) * random));
}

/** Share of waits that are shorter than `interval`. */
function exponentialShare(interval: number, average: number): number {
  return 1 - Math.exp(-interval / average);
}

/** The lower bound that has as much weight below it as the upper bound has above, as a multiple of the average. */
function lowerClampMultiple(upperMultiple: number): number {
  return -Math.log1p(-Math.exp(-upperMultiple));
}
