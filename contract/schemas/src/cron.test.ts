import { describe, expect, it } from "vitest";
import { parseCron } from "./cron.ts";

describe("a cron pattern", () => {
  it.each([
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 8",
    "* * * *",
    "* * * * * * * *",
    "r * * * *",
    "h h * * *",
    "-5 * * * *",
    "*/0 * * * *",
    "? * * * *",
    "a-b * * * *",
    "* * * * fri#6",
    "* * * * fri#2,mon",
    "@never",
    "",
  ])("is not %j", (text) => {
    expect(parseCron(text)).toBeNull();
  });

  it("knows names, lists, steps, ranges that wrap round and Sunday by two numbers", () => {
    expect(parseCron("5/20 22-2 * jan,NOV-feb fri-mon")).toMatchObject({
      minutes: [5, 25, 45],
      hours: [0, 1, 2, 22, 23],
      days: null,
      months: [1, 2, 11, 12],
      weekdays: [0, 1, 5, 6],
      seconds: [0],
      years: null,
    });
    expect(parseCron("0 0 * * 7")?.weekdays).toEqual([0]);
  });

  it("knows the last day of the month and weekdays at a place in it", () => {
    expect(parseCron("0 0 l * *")).toMatchObject({ days: [], hasLastDay: true });
    expect(parseCron("0 0 * * fri#2,l1")?.weekdayPlaces).toEqual([
      { weekday: 5, place: 2 },
      { weekday: 1, place: "last" },
    ]);
  });

  it("takes seconds after the five fields, and years after them", () => {
    expect(parseCron("0 0 1 1 * 30 2027-2028")).toMatchObject({ seconds: [30], years: [2027, 2028] });
  });

  it("takes a list of everything for everything, unless the other day field restricts", () => {
    expect(parseCron("0-59 * * * 0-6")).toMatchObject({ minutes: null, weekdays: null });
    expect(parseCron("0 0 1 * 0-6")?.weekdays).toHaveLength(7);
  });
});
