import { parseTimestamp, type Timestamp } from "@sluice/schemas";
import { expect, it } from "vitest";
import { anchoredRecurrence } from "./recurrence-anchor.ts";
import { zonedText } from "./zoned-text.ts";

function moment(text: string): Timestamp {
  const parsed = parseTimestamp(text);
  if (parsed === null) throw new Error(`No moment: ${text}`);
  return parsed;
}

// What the real Prefect makes of these rules at this moment.
it.each([
  ["FREQ=DAILY", "UTC", "DTSTART:20200101T000000\nFREQ=DAILY"],
  ["RRULE:FREQ=MINUTELY;INTERVAL=7", "UTC", "DTSTART:20261122T090700\nRRULE:FREQ=MINUTELY;INTERVAL=7"],
  ["FREQ=MINUTELY;INTERVAL=7", "America/New_York", "DTSTART:20261122T040600\nFREQ=MINUTELY;INTERVAL=7"],
  ["FREQ=SECONDLY;INTERVAL=45", null, "DTSTART:20261122T090945\nFREQ=SECONDLY;INTERVAL=45"],
  ["FREQ=MINUTELY;COUNT=5", "UTC", "DTSTART:20200101T000000\nFREQ=MINUTELY;COUNT=5"],
  ["DTSTART:20260101T000000\nRRULE:FREQ=MINUTELY", "UTC", "DTSTART:20260101T000000\nRRULE:FREQ=MINUTELY"],
  [
    "RRULE:FREQ=MINUTELY\nEXDATE:20260101T000000",
    "UTC",
    "DTSTART:20200101T000000\nRRULE:FREQ=MINUTELY\nEXDATE:20260101T000000",
  ],
  ["FREQ=DAILY;UNTIL=20300101T000000Z", "UTC", "FREQ=DAILY;UNTIL=20300101T000000Z"],
])("the recurrence %j in %s starts at a moment of its own", (rrule, timezone, expected) => {
  expect(anchoredRecurrence({ rrule, timezone }, moment("2026-11-22T09:10:11Z"))).toBe(expected);
});

it.each([
  ["2026-11-23T14:00:00Z", "America/New_York", "2026-11-23 09:00:00-05:00"],
  ["2026-07-23T14:00:00Z", "Asia/Kolkata", "2026-07-23 19:30:00+05:30"],
  ["2026-07-23T14:00:00.25Z", null, "2026-07-23 14:00:00.250000+00:00"],
])("%s in %s is spelled %s, for ever", (text, timezone, expected) => {
  expect(zonedText(moment(text), timezone)).toBe(expected);
});
