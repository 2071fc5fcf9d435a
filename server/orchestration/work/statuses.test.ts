import { addSeconds, parseTimestamp, type Timestamp } from "@sluice/schemas";
import { expect, it } from "vitest";
import { initialPoolStatus, isPolled, poolStatusAfterPause, queueStatusAfterPause } from "./statuses.ts";

const NOW = parseTimestamp("2026-08-01T12:00:00Z") as Timestamp; // a moment, as anyone can see

it.each([
  ["process", false, "NOT_READY"],
  ["process", true, "PAUSED"],
  ["prefect-agent", true, "NOT_READY"],
] as const)("a new %s pool, paused: %s, is %s", (type, is_paused, status) => {
  expect(initialPoolStatus({ type, is_paused })).toBe(status);
});

it.each([
  ["process", true, true, "PAUSED"],
  ["process", false, true, "READY"],
  ["process", false, false, "NOT_READY"],
  ["process", undefined, true, null],
  ["prefect-agent", true, false, null],
] as const)(
  "a %s pool told paused: %s, with a worker online: %s, becomes %s",
  (type, isPaused, online, status) => {
    expect(poolStatusAfterPause({ type }, isPaused, online)).toBe(status);
  },
);

it.each([
  ["READY", 0, true, "PAUSED"],
  ["PAUSED", 0, true, null],
  ["PAUSED", -60, false, "READY"],
  ["PAUSED", -61, false, "NOT_READY"],
  ["PAUSED", null, false, "NOT_READY"],
  ["READY", 0, false, null],
  ["READY", 0, undefined, null],
] as const)("a %s queue polled at %s s and told paused: %s becomes %s", (status, polled, isPaused, next) => {
  const last_polled = polled === null ? null : addSeconds(NOW, polled);
  expect(queueStatusAfterPause({ status, last_polled }, isPaused, NOW)).toBe(next);
});

it("a queue counts as polled for a minute", () => {
  expect(isPolled(addSeconds(NOW, -60), NOW)).toBe(true);
  expect(isPolled(addSeconds(NOW, -61), NOW)).toBe(false);
  expect(isPolled(null, NOW)).toBe(false);
});
