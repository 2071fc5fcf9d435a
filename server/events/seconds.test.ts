import { describe, expect, it } from "vitest";
import { parseIsoDuration, secondsInput } from "./seconds.ts";

describe("lengths of time", () => {
  it.each([
    ["PT1.5S", 1.5],
    ["PT0S", 0],
    ["P1DT2H3M4S", 93_784],
    ["P2W", 1_209_600],
    ["-PT30M", -1800],
    ["P", null],
    ["P1DT", null],
    ["P1Y", null],
    ["1.5", null],
  ])("reads %s as %s", (text, seconds) => {
    expect(parseIsoDuration(text)).toBe(seconds);
  });

  it("takes plain seconds too", () => {
    expect(secondsInput.parse(2.25)).toBe(2.25);
    expect(secondsInput.safeParse("soon").success).toBe(false);
  });
});
