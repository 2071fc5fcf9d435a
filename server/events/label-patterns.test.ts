import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileLabelPattern } from "./label-patterns.ts";

describe("compileLabelPattern", () => {
  it.each([
    ["a text matches itself", "prefect.flow.1", "prefect.flow.1", true],
    ["a text matches nothing else", "prefect.flow.1", "prefect.flow.12", false],
    ["case matters", "Prod", "prod", false],
    ["* takes any text", "prefect.flow-run.*", "prefect.flow-run.Completed", true],
    ["* takes nothing too", "prod*", "prod", true],
    ["* stands anywhere", "*.staging.*-eu", "db.staging.x.y-eu", true],
    ["* backs up as far as needed", "*aab", "aaab", true],
    ["? takes one character", "v?", "v1", true],
    ["? takes no less", "v?", "v", false],
    ["? takes a character of two units", "v?", "v🦀", true],
    ["other characters are plain", "a.[b]^$", "a.[b]^$", true],
    ["a dot is no wildcard", "a.b", "axb", false],
    ["! turns a match round", "!prod*", "production", false],
    ["! turns a mismatch round", "!prod*", "staging", true],
    ["the empty pattern matches the empty value", "", "", true],
  ])("%s", (_, pattern, value, expected) => {
    expect(compileLabelPattern(pattern)(value)).toBe(expected);
  });

  it.each(["*", "!*", "prod", "!prod"])("%s does not match a missing label", (pattern) => {
    expect(compileLabelPattern(pattern)(undefined)).toBe(false);
  });

  it("agrees with a regular expression on every glob", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
    const glob = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(glob, text, (pattern, value) => {
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(compileLabelPattern(pattern)(value)).toBe(expression.test(value));
      }),
      { numRuns: 2000 },
    );
  });

  it("takes little time for a pattern that would make a regular expression hang", () => {
    const matches = compileLabelPattern(`${"*a".repeat(200)}b`);
    const begin = performance.now();
    expect(matches("a".repeat(5000))).toBe(false);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
