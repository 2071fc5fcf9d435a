import { describe, expect, it } from "vitest";
import { storableJson } from "./storable-text.ts";

function storable(source: string): unknown {
  return storableJson(JSON.parse(source), source);
}

describe("storableJson", () => {
  it("leaves out NUL characters, in keys and values, however deep", () => {
    expect(storable('{"a\\u0000":["x\\u0000y",{"b":"\\u0000"}],"n":1}')).toEqual({
      a: ["xy", { b: "" }],
      n: 1,
    });
  });

  it("replaces half of a surrogate pair and keeps whole pairs", () => {
    expect(storable('["\\ud83e","\\ud83e\\udd80"]')).toEqual(["\ufffd", "🦀"]);
  });

  it("does not touch anything else", () => {
    const source = '{"text":"caf\\u00e9 \\n","nothing":null,"yes":true}';
    expect(storable(source)).toEqual(JSON.parse(source));
    const plain = { a: ["b"] };
    expect(storableJson(plain, '{"a":["b"]}')).toBe(plain);
  });
});
