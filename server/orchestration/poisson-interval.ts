/** Waits that spread: clients told the same average wait come back at different moments. */

/** How far above the average a wait may lie, as a share of it. */
export const DEFAULT_CLAMPING_FACTOR = 0.3;

/**
 * A waiting time drawn from an exponential distribution around `average`, cut above at `average * (1 + factor)` and
 * below so that the mean stays about `average`. Same unit as `average`; 0 when that is not positive.
 *
 * @param random uniform in [0, 1)
 */
export function clampedPoissonInterval(average: number, factor: number, random: number): number {
  if (average <= 0 || factor <= 0) return Math.max(average, 0);
  const highest = 1 + factor;
  const lowest = lowestMultiple(highest);
  const from = exponentialShare(lowest);
  const to = exponentialShare(highest);
  const drawn = from + (to - from) * random;
  return -Math.log(Math.max(1 - drawn, 1e-10)) * average;
}

/** The share of an exponential distribution of mean 1 that lies below `x`. */
function exponentialShare(x: number): number {
  return 1 - Math.exp(-x);
}

/** The lower cut that leaves as much of the distribution between itself and the median as the upper cut does above it. */
function lowestMultiple(highest: number): number {
  return highest >= 50 ? 0 : Math.max(0, Math.log2(Math.max(2 ** highest / (2 ** highest - 1), 1e-10)));
}
