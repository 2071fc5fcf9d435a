import { describe, expect, test } from "vitest";
import {
  DEFAULT_RETRY_POLICY,
  isRetryableStatus,
  parseRetryAfter,
  retryDelaySeconds,
} from "./retry-policy.ts";

const exact = { ...DEFAULT_RETRY_POLICY, jitterFactor: 0 };

describe("the wait before a retry", () => {
  test.each([
    [1, 2],
    [2, 4],
    [5, 32],
    [0, 1],
  ])("doubles with each try: after %i it is %i s", (tries, seconds) => {
    expect(retryDelaySeconds(tries, null, exact, 0.5)).toBe(seconds);
  });

  test.each([0, 0.25, 0.5, 0.75, 0.999])("stays near its plan (chance %d)", (random) => {
    const seconds = retryDelaySeconds(3, null, DEFAULT_RETRY_POLICY, random);
    expect(seconds).toBeGreaterThanOrEqual(8 * 0.8);
    expect(seconds).toBeLessThanOrEqual(8 * 1.2);
  });

  test.each([0, 0.25, 0.5, 0.75, 0.999])("is never shorter than the server ordered (chance %d)", (random) => {
    const seconds = retryDelaySeconds(3, 0.5, DEFAULT_RETRY_POLICY, random);
    expect(seconds).toBeGreaterThanOrEqual(0.5);
    expect(seconds).toBeLessThanOrEqual(0.6);
  });

  test("is longer for a larger chance", () => {
    const waits = [0, 0.3, 0.6, 0.9].map((random) =>
      retryDelaySeconds(2, null, DEFAULT_RETRY_POLICY, random),
    );
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(new Set(waits).size).toBe(4);
  });

  test("is nothing when the server orders nothing", () => {
    expect(retryDelaySeconds(3, 0, DEFAULT_RETRY_POLICY, 0.9)).toBe(0);
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-08-01T12:00:00Z");

  test.each([
    ["1", 1],
    ["0.25", 0.25],
    ["-3", 0],
    ["Sat, 01 Aug 2026 12:00:30 GMT", 30],
    ["Sat, 01 Aug 2026 11:00:00 GMT", 0],
    ["soon", null],
    ["", null],
    [null, null],
  ])("%j means %j s", (header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds);
  });
});

test("only passing troubles are retried, and those the user adds", () => {
  const statuses = [200, 400, 404, 408, 409, 423, 429, 500, 501, 502, 503, 504];
  expect(statuses.filter((status) => isRetryableStatus(status, DEFAULT_RETRY_POLICY))).toEqual([
    408, 429, 502, 503,
  ]);
  expect(isRetryableStatus(504, { ...DEFAULT_RETRY_POLICY, extraStatuses: [504] })).toBe(true);
});
