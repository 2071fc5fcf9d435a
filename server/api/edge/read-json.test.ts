import { describe, expect, it } from "vitest";
import { InvalidRequest } from "./invalid-request.ts";
import { MAX_JSON_DEPTH, nestsDeeperThan, readJson } from "./read-json.ts";

describe("reading a JSON body", () => {
  it("names the position of a mistake", () => {
    const error = catchInvalid(() => readJson('{"name":'));
    expect(error.details).toMatchObject([
      { type: "json_invalid", loc: ["body", 8], msg: "JSON decode error" },
    ]);
    expect(error.requestBody).toBe('{"name":');
  });

  it("takes what nests to the bound and refuses what nests deeper", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(readJson(nested(MAX_JSON_DEPTH))).toBeInstanceOf(Array);
    expect(catchInvalid(() => readJson(nested(MAX_JSON_DEPTH + 1))).details).toMatchObject([
      { type: "json_invalid", ctx: { error: `Nested deeper than ${MAX_JSON_DEPTH} levels` } },
    ]);
  });

  it("survives a body that is nothing but brackets", () => {
    expect(() => readJson("[".repeat(1_000_000))).toThrow(InvalidRequest);
  });

  it("keeps the spelling of numbers where that matters, beside text that is cleaned", () => {
    const text = '{"float":1.0,"long":12345678901234567890,"short":1,"text":"\\u0000x"}';
    expect(JSON.stringify(readJson(text, true))).toBe(text.replace("\\u0000", ""));
    expect(JSON.stringify(readJson(text))).toContain('"float":1,');
  });

  it("drops NUL characters, which one of the databases can't keep", () => {
    expect(readJson('{"a":"x\\u0000y"}')).toEqual({ a: "xy" });
  });
});

describe("counting nesting", () => {
  it.each([
    ['{"a":"[[[["}', 1],
    ['{"a":"\\"[[["}', 1],
    ['{"a":"\\\\","b":[1]}', 2],
    ["[[],[],[]]", 2],
    ['["no end', 1],
  ])("finds %s to be exactly %i deep", (text, depth) => {
    expect(nestsDeeperThan(text, depth)).toBe(false);
    expect(nestsDeeperThan(text, depth - 1)).toBe(true);
  });
});

function catchInvalid(work: () => unknown): InvalidRequest {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidRequest) return error;
    throw error;
  }
  throw new Error("expected an InvalidRequest");
}
