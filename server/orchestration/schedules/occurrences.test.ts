import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  formatTimestamp,
  parseTimestamp,
  type Schedule,
  scheduleInput,
  type Timestamp,
} from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { ourDates, parseGoldens } from "./fixtures/goldens.ts";
import { occurrences } from "./occurrences.ts";

const goldens = parseGoldens(
  readFileSync(join(import.meta.dirname, "fixtures", "prefect-schedules.jsonl"), "utf8"),
).filter(({ dates }) => dates !== null);

describe("schedules fire when Prefect's do", () => {
  it.each(goldens)("$schedule from $start", (golden) => {
    expect(ourDates(golden)).toEqual(golden.dates);
  });
});

function moment(text: string): Timestamp {
  const parsed = parseTimestamp(text);
  if (parsed === null) throw new Error(`No moment: ${text}`);
  return parsed;
}

function fire(schedule: object, from: string, limit: number, to: string | null = null): string[] {
  const parsed = scheduleInput.parse(schedule) as Schedule; // intervals below have anchors
  const range = { from: moment(from), to: to === null ? null : moment(to), limit };
  return [...occurrences(parsed, range)].map(formatTimestamp);
}

describe("a schedule", () => {
  it("of whole days keeps to the clock on the wall when clocks change, one of hours does not", () => {
    const anchor_date = "2026-03-06T14:00:00Z";
    const zone = { anchor_date, timezone: "America/New_York" };
    expect(fire({ interval: 86_400, ...zone }, "2026-03-07T00:00:00Z", 3)).toEqual([
      "2026-03-07T14:00:00Z",
      "2026-03-08T13:00:00Z",
      "2026-03-09T13:00:00Z",
    ]);
    expect(fire({ interval: 43_200, ...zone }, "2026-03-07T13:00:00Z", 3)).toEqual([
      "2026-03-07T14:00:00Z",
      "2026-03-08T02:00:00Z",
      "2026-03-08T14:00:00Z",
    ]);
  });

  it("fires at its first moment when that is where the range begins, and not after its end", () => {
    const daily = { cron: "0 9 * * *" };
    expect(fire(daily, "2026-05-01T09:00:00Z", 10, "2026-05-03T09:00:00Z")).toEqual([
      "2026-05-01T09:00:00Z",
      "2026-05-02T09:00:00Z",
      "2026-05-03T09:00:00Z",
    ]);
    expect(fire(daily, "2026-05-01T09:00:00.000001Z", 1)).toEqual(["2026-05-02T09:00:00Z"]);
  });

  it("can name days by number, by weekday or by both", () => {
    const both = { cron: "0 0 13 * fri" };
    expect(fire({ ...both, day_or: false }, "2026-01-01T00:00:00Z", 2)).toEqual([
      "2026-02-13T00:00:00Z",
      "2026-03-13T00:00:00Z",
    ]);
    expect(fire(both, "2026-01-01T00:00:00Z", 3)).toEqual([
      "2026-01-02T00:00:00Z",
      "2026-01-09T00:00:00Z",
      "2026-01-13T00:00:00Z",
    ]);
  });

  it("whose day never comes has no moments, and one with a last date comes to an end", () => {
    expect(fire({ cron: "0 0 30 2 *" }, "2026-01-01T00:00:00Z", 5)).toEqual([]);
    const rrule = "DTSTART:20260101T000000\nRRULE:FREQ=DAILY;UNTIL=20260103T000000";
    expect(fire({ rrule }, "2026-01-02T12:00:00Z", 5)).toEqual(["2026-01-03T00:00:00Z"]);
  });
});
