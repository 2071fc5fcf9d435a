import { describe, expect, it } from "vitest";
import { matchesTextQuery, parseTextQuery } from "./text-query.ts";

const NONE: string[] = [];

/** Expected terms are those that Prefect 3.8.8 parses. */
const CASES: [query: string, anyOf: string[], noneOf: string[], allOf: string[]][] = [
  ["", NONE, NONE, NONE],
  ["   ", NONE, NONE, NONE],
  ["a B", ["a", "b"], NONE, NONE],
  ["-a !b +c", NONE, ["a", "b"], ["c"]],
  ['"x y" -"p q', ["x y"], ["p q"], NONE],
  ['a"b c"d', ["a", "b c", "d"], NONE, NONE],
  ["foo-bar", ["foo-bar"], NONE, NONE],
  ["--x", NONE, ["-x"], NONE],
  ["-!+", NONE, ["!+"], NONE],
  ["-", NONE, NONE, NONE],
  ["a - b", ["a", "b"], NONE, NONE],
  ['+ "a b"', ["a b"], NONE, NONE],
  ['+"" x', ["x"], NONE, NONE],
  ['"a\\"b"', ['a"b'], NONE, NONE],
  ['"a\\\\"', ["a\\"], NONE, NONE],
  ['"a\\n"', ["a\\n"], NONE, NONE],
  ['"abc\\', ["abc\\"], NONE, NONE],
  ['-"', NONE, NONE, NONE],
];

describe("parseTextQuery", () => {
  it.each(CASES)("reads %j", (query, anyOf, noneOf, allOf) => {
    expect(parseTextQuery(query)).toEqual({ anyOf, noneOf, allOf });
  });
});

describe("matchesTextQuery", () => {
  it.each([
    ["one of the terms is enough", "timeout refused", "connection refused", true],
    ["a missing term does not match", "timeout", "connection refused", false],
    ["an excluded term refuses", "connection -refused", "connection refused", false],
    ["every required term must occur", "+connection +timeout", "connection refused", false],
    ["a phrase keeps its spaces", '"ion ref"', "connection refused", true],
    ["no terms match everything", "", "connection refused", true],
    ["only exclusions match what lacks them", "-timeout", "connection refused", true],
  ])("%s", (_, query, text, expected) => {
    expect(matchesTextQuery(parseTextQuery(query), text)).toBe(expected);
  });
});
