import { formatTimestamp, parseTimestamp, type Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { countSlices, SLICE_ORIGIN, timeSlices } from "./time-slices.ts";

function at(text: string): Timestamp {
  const moment = parseTimestamp(text);
  if (moment === null) throw new Error(`not a moment: ${text}`);
  return moment;
}

const LATER = at("2030-01-01T00:00:00Z");

describe("timeSlices", () => {
  it("begins at the origin, which is a Monday", () => {
    expect(formatTimestamp(SLICE_ORIGIN)).toBe("2024-04-01T00:00:00Z");
    expect(new Date("2024-04-01T00:00:00Z").getUTCDay()).toBe(1);
  });

  it("covers the window with slices aligned to the origin, without gaps", () => {
    const { first, slices, intervalSeconds } = timeSlices(
      { since: at("2024-04-02T10:00:00Z"), until: at("2024-04-04T09:00:00Z") },
      "day",
      1,
      LATER,
    );
    expect([first, intervalSeconds]).toEqual([1, 86_400]);
    expect(slices.map(({ start, end }) => [formatTimestamp(start), formatTimestamp(end)])).toEqual([
      ["2024-04-02T00:00:00Z", "2024-04-02T23:59:59.999999Z"],
      ["2024-04-03T00:00:00Z", "2024-04-03T23:59:59.999999Z"],
      ["2024-04-04T00:00:00Z", "2024-04-04T23:59:59.999999Z"],
    ]);
  });

  it("takes parts and multiples of a unit", () => {
    const window = { since: SLICE_ORIGIN, until: at("2024-04-01T01:00:00Z") };
    expect(timeSlices(window, "hour", 0.25, LATER).slices).toHaveLength(4);
    expect(timeSlices(window, "minute", 30, LATER).slices).toHaveLength(2);
  });

  it("counts slices before the origin backwards", () => {
    const window = { since: at("2024-03-31T12:00:00Z"), until: at("2024-04-01T12:00:00Z") };
    const { first, slices } = timeSlices(window, "day", 1, LATER);
    expect([first, slices.length]).toEqual([-1, 2]);
  });

  it("does not reach past the unit that is under way", () => {
    const window = { since: at("2024-04-01T00:00:00Z"), until: at("2024-05-01T00:00:00Z") };
    const { slices } = timeSlices(window, "day", 1, at("2024-04-03T15:00:00Z"));
    expect(slices).toHaveLength(3);
  });
});

describe("countSlices", () => {
  it("counts a slice that is begun as a whole one", () => {
    const window = { since: SLICE_ORIGIN, until: at("2024-04-02T00:00:00.000001Z") };
    expect(countSlices(window, "day", 1)).toBe(2);
    expect(countSlices(window, "minute", 0.5)).toBe(2881);
  });
});
