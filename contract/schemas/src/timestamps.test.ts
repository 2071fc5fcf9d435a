import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  addSeconds,
  durationFromSeconds,
  durationToSeconds,
  formatTimestamp,
  parseTimestamp,
  type Timestamp,
  timestampInput,
} from "./timestamps.ts";

const NOON = Date.UTC(2026, 7, 1, 12) * 1000;

describe("parseTimestamp", () => {
  it.each([
    ["2026-08-01T12:00:00Z", 0],
    ["2026-08-01T12:00:00.123456Z", 123_456],
    ["2026-08-01T12:00:00.5Z", 500_000],
    ["2026-08-01T12:00:00.123456789Z", 123_456],
    ["2026-08-01T14:00:00+02:00", 0],
    ["2026-08-01T06:30:00-0530", 0],
    ["2026-08-01t12:00:00z", 0],
    ["2026-08-01 12:00", 0],
  ])("reads %s", (text, microseconds) => {
    expect(parseTimestamp(text)).toBe(NOON + microseconds);
  });

  it("reads a moment without a zone as UTC, and a bare date as its start", () => {
    expect(parseTimestamp("2026-08-01T12:00:00")).toBe(NOON);
    expect(parseTimestamp("2026-08-01")).toBe(NOON - 12 * 3_600_000_000);
  });

  it.each([
    "2026-02-30T00:00:00Z",
    "2026-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-01T24:00:00Z",
    "2026-01-01T12:60:00Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01T10:00:00+99:00",
    "yesterday",
    "",
  ])("refuses %j, which no calendar or clock has", (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it("knows leap years", () => {
    expect(parseTimestamp("2028-02-29")).not.toBeNull();
    expect(parseTimestamp("2000-02-29")).not.toBeNull();
    expect(parseTimestamp("2100-02-29")).toBeNull();
  });

  it("moves moments past what a number holds exactly to the nearest that it does", () => {
    expect(parseTimestamp("9999-12-31T23:59:59.999999Z")).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseTimestamp("0001-01-01T00:00:00Z")).toBe(-Number.MAX_SAFE_INTEGER);
  });
});

test("what is formatted is read back to the microsecond", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (microseconds) => {
      const moment = microseconds as Timestamp; // whole and in range
      expect(parseTimestamp(formatTimestamp(moment))).toBe(moment);
    }),
  );
});

test("a fraction is written with six digits, and not at all when it is zero", () => {
  expect(formatTimestamp(NOON as Timestamp)).toBe("2026-08-01T12:00:00Z");
  expect(formatTimestamp((NOON + 10) as Timestamp)).toBe("2026-08-01T12:00:00.000010Z");
  expect(formatTimestamp(-1 as Timestamp)).toBe("1969-12-31T23:59:59.999999Z");
});

test("a number in a request is Unix seconds, or milliseconds when too large for seconds", () => {
  expect(timestampInput.parse(1_785_585_600)).toBe(NOON);
  expect(timestampInput.parse(1_785_585_600_000)).toBe(NOON);
  expect(timestampInput.parse("1785585600.5")).toBe(NOON + 500_000);
});

test.each([null, true, {}, [], undefined])("%j in a request is no moment", (value) => {
  expect(timestampInput.safeParse(value).error?.issues[0]?.message).toBe("value is not a valid datetime");
});

test("durations are whole microseconds, so that sums have no rounding", () => {
  const tenth = durationFromSeconds(0.1);
  expect(durationToSeconds((tenth * 3) as typeof tenth)).toBe(0.3);
  expect(durationFromSeconds(1.000_000_4)).toBe(1_000_000);
});

test("seconds are added to the microsecond", () => {
  expect(addSeconds(NOON as Timestamp, 0.000_001)).toBe(NOON + 1);
});
