import { expect, it } from "vitest";
import { schedulesOf } from "./schedules.ts";

it("short forms and schedules come together, each with what it says", () => {
  const schedules = schedulesOf("nightly", {
    cron: ["0 3 * * *", "0 4 * * *"],
    timezone: "Europe/Berlin",
    schedules: [
      { interval: 60, anchorDate: new Date("2026-01-01T00:00:00Z"), slug: "often" },
      { rrule: "FREQ=DAILY", active: false, parameters: { animals: new Set(["cat"]) } },
    ],
  });
  expect(schedules).toEqual([
    {
      schedule: { cron: "0 3 * * *", timezone: "Europe/Berlin", day_or: true },
      active: true,
      parameters: {},
    },
    {
      schedule: { cron: "0 4 * * *", timezone: "Europe/Berlin", day_or: true },
      active: true,
      parameters: {},
    },
    {
      schedule: { interval: 60, anchor_date: "2026-01-01T00:00:00.000Z", timezone: "UTC" },
      active: true,
      parameters: {},
      slug: "often",
    },
    {
      schedule: { rrule: "FREQ=DAILY", timezone: "UTC" },
      active: false,
      parameters: { animals: ["cat"] },
    },
  ]);
});

it.each([
  [{ schedules: [{}] }, "got 0"],
  [{ schedules: [{ cron: "* * * * *", interval: 1 }] }, "got 2"],
  [{ interval: 0 }, "interval must be more than 0 seconds, got 0"],
])("%j is refused: %s", (options, message) => {
  expect(() => schedulesOf("nightly", options)).toThrow(message);
});
