import { createHash } from "node:crypto";
import { isExactObject, parseExactJson } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import goldens from "./fixtures/checksums.json" with { type: "json" };
import { pythonNumber } from "./python-json.ts";
import { checksumText } from "./schema-checksum.ts";

function checksum(text: string): string {
  const fields = parseExactJson(text);
  if (!isExactObject(fields)) throw new Error(`${text} is no object.`);
  return `sha256:${createHash("sha256").update(checksumText(fields)).digest("hex")}`;
}

describe("the checksum of a block schema", () => {
  it.each(goldens)("is what the stock package computes: $name", ({ fields, checksum: expected }) => {
    expect(checksum(fields)).toBe(expected);
  });

  it("tells 1.0 from 1", () => {
    expect(checksum('{"default": 1.0}')).not.toBe(checksum('{"default": 1}'));
  });

  it("survives definitions that refer to each other in a circle", () => {
    const definitions = {
      A: { next: { $ref: "#/definitions/B" } },
      B: { next: { $ref: "#/definitions/A" } },
    };
    const text = JSON.stringify({ root: { $ref: "#/definitions/A" }, definitions });
    expect(checksumText(JSON.parse(text))).toContain('"definitions": {"A": ');
  });
});

describe("a number as Python writes it", () => {
  it.each([
    ["1", "1"],
    ["-0", "0"],
    ["-0.0", "-0.0"],
    ["1e2", "100.0"],
    ["1e16", "1e+16"],
    ["9999999999999998.0", "9999999999999998.0"],
    ["0.0001", "0.0001"],
    ["0.00001", "1e-05"],
    ["1e-10", "1e-10"],
    ["1e999", "Infinity"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
  ])("is %s → %s", (token, text) => {
    expect(pythonNumber(token)).toBe(text);
  });
});
