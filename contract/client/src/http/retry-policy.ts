/**
 * When a failed request is sent again, and after how long (protocol section 1, "Retries"). Pure: randomness and the
 * time are arguments.
 */

export interface RetryPolicy {
  /** How often a request is sent again after its first try. */
  readonly maxRetries: number;
  /** Share of the wait by which it may differ from its plan; 0 makes waits exact. */
  readonly jitterFactor: number;
  /** Statuses to retry beside {@link RETRYABLE_STATUSES}. */
  readonly extraStatuses: readonly number[];
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = { maxRetries: 5, jitterFactor: 0.2, extraStatuses: [] };

/** Request timeout, too many requests, bad gateway, service unavailable. */
export const RETRYABLE_STATUSES: readonly number[] = [408, 429, 502, 503];

/** The value `true` of this header says that a try during maintenance doesn't count. */
export const MAINTENANCE_HEADER = "prefect-maintenance";

export function isRetryableStatus(status: number, policy: RetryPolicy): boolean {
  return RETRYABLE_STATUSES.includes(status) || policy.extraStatuses.includes(status);
}

/**
 * Seconds to wait before the next try.
 *
 * Without an order from the server the wait is around `2 ** tries`; with one it is at least what was ordered.
 *
 * @param tries tries that count so far
 * @param retryAfterSeconds what the server ordered, or null
 * @param random a number from 0 up to 1
 */
export function retryDelaySeconds(
  tries: number,
  retryAfterSeconds: number | null,
  policy: RetryPolicy,
  random: number,
): number {
  const planned = retryAfterSeconds ?? 2 ** tries;
  if (planned <= 0 || policy.jitterFactor <= 0) return Math.max(0, planned);
  return retryAfterSeconds === null
    ? clampedPoissonInterval(planned, policy.jitterFactor, random)
    : boundedPoissonInterval(planned, planned * (1 + policy.jitterFactor), random);
}

/** Reads `Retry-After`: seconds, which may have a fraction, or an HTTP date. Null when it is neither. */
export function parseRetryAfter(value: string | null, nowMilliseconds: number): number | null {
  if (value === null || value.trim() === "") return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, (date - nowMilliseconds) / 1000);
}

/**
 * An interval of a Poisson process, at most `(1 + factor) * average` and with a lower bound chosen so that half of
 * the values lie below the median.
 */
export function clampedPoissonInterval(average: number, factor: number, random: number): number {
  const upperMultiple = 1 + factor;
  // 2 ** 50 no longer differs from 2 ** 50 - 1 in a way that matters, and larger powers overflow.
  const lowerMultiple = upperMultiple >= 50 ? 0 : Math.log2(2 ** upperMultiple / (2 ** upperMultiple - 1));
  return poissonInterval(average, average * lowerMultiple, average * upperMultiple, random);
}

/** An interval of a Poisson process between two bounds. */
export function boundedPoissonInterval(lower: number, upper: number, random: number): number {
  return poissonInterval((lower + upper) / 2, lower, upper, random);
}

function poissonInterval(average: number, lower: number, upper: number, random: number): number {
  const shareBelow = (interval: number) => 1 - Math.exp(-interval / average);
  const share = shareBelow(lower) + random * (shareBelow(upper) - shareBelow(lower));
  const interval = -Math.log(Math.max(1 - share, 1e-10)) * average;
  // Rounding must not take it past a bound: the lower one may be an order of the server.
  return Math.min(Math.max(interval, lower), upper);
}
