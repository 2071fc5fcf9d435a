import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DefinitionError } from "../errors.ts";
import {
  clampedPoissonInterval,
  exponentialBackoff,
  normalizeRetryDelay,
  retryDelaySeconds,
} from "./retries.ts";

describe("delays before retries", () => {
  it("are one for all, or one per retry of which the last repeats", () => {
    expect([0, 1, 2].map((retry) => retryDelaySeconds(7, retry, null, Math.random))).toEqual([7, 7, 7]);
    expect([0, 1, 2, 3].map((retry) => retryDelaySeconds([1, 2, 4], retry, null, Math.random))).toEqual([
      1, 2, 4, 4,
    ]);
  });

  it("double from the backoff factor, at most fifty times", () => {
    expect(normalizeRetryDelay(exponentialBackoff(10), 4)).toEqual([10, 20, 40, 80]);
    expect(normalizeRetryDelay(exponentialBackoff(1), 80)).toHaveLength(50);
  });

  it.each([[-1], [Number.NaN], [[1, -2]], [Array.from({ length: 51 }, () => 1)]])("refuse %j", (delay) => {
    expect(() => normalizeRetryDelay(delay, 1)).toThrow(DefinitionError);
  });

  it("with jitter stay within their bounds and keep their average", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (average, factor, random) => {
          const delay = clampedPoissonInterval(average, factor, random);
          expect(delay).toBeGreaterThan(0);
          expect(delay).toBeLessThanOrEqual(average * (1 + factor) * (1 + 1e-9));
        },
      ),
    );
    const draws = Array.from({ length: 1000 }, (_, index) =>
      clampedPoissonInterval(10, 0.5, (index + 0.5) / 1000),
    );
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeGreaterThan(6);
    expect(mean).toBeLessThan(11);
  });
});
