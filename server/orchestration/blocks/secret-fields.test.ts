import { describe, expect, it } from "vitest";
import { MASK, maskSecrets, restoreSecrets, secretPaths } from "./secret-fields.ts";

const paths = (...secret_fields: string[]) => secretPaths({ secret_fields });

describe("masking", () => {
  it.each([
    ["a secret of the top level", ["s"], { s: "x", t: "y" }, { s: MASK, t: "y" }],
    ["a secret inside of another object", ["a.b"], { a: { b: 1, c: 2 } }, { a: { b: MASK, c: 2 } }],
    ["a secret that is an object or a list", ["s", "l"], { s: { k: "x" }, l: ["x"] }, { s: MASK, l: MASK }],
    ["secrets in the elements of a list", ["l.s"], { l: [{ s: 1, t: 2 }, 3] }, { l: [{ s: MASK, t: 2 }, 3] }],
    [
      "everything below a wildcard",
      ["h.*"],
      { h: { a: 1, b: { c: null } } },
      { h: { a: MASK, b: { c: MASK } } },
    ],
    ["what stands in place of a wildcard's object", ["h.*"], { h: null }, { h: MASK }],
    ["an empty object under a wildcard", ["h.*"], { h: {} }, { h: MASK }],
  ])("hides %s", (_, secrets, data, masked) => {
    expect(maskSecrets(data, paths(...secrets))).toEqual(masked);
  });

  it("leaves a secret that is null, absent, or whose way is blocked", () => {
    const data = { s: null, a: "no object" };
    expect(maskSecrets(data, paths("s", "gone", "a.b", "gone.*"))).toEqual(data);
  });

  it("takes dots in a key for a part of the key", () => {
    expect(maskSecrets({ "a.b": 1 }, paths("a.b"))).toEqual({ "a.b": 1 });
  });

  it("does not stumble over schemas that declare nonsense", () => {
    expect(secretPaths({ secret_fields: "s" })).toEqual([]);
    expect(secretPaths({ secret_fields: [1, "s", "s"] })).toEqual([["s"]]);
  });
});

describe("masks that are sent back", () => {
  it.each([
    ["a secret", ["s"], { s: MASK, t: 1 }, { s: "x" }, { s: "x", t: 1 }],
    ["a secret object", ["s"], { s: MASK }, { s: { k: "x" } }, { s: { k: "x" } }],
    [
      "some of a wildcard's",
      ["h.*"],
      { h: { a: MASK, b: "new" } },
      { h: { a: "x", b: "y" } },
      { h: { a: "x", b: "new" } },
    ],
    ["a whole wildcard", ["h.*"], { h: MASK }, { h: {} }, { h: {} }],
    [
      "those in a list",
      ["l.s"],
      { l: [{ s: MASK }, { s: "new" }] },
      { l: [{ s: "x" }] },
      { l: [{ s: "x" }, { s: "new" }] },
    ],
  ])("stand for what is stored: %s", (_, secrets, data, stored, restored) => {
    expect(restoreSecrets(data, stored, paths(...secrets))).toEqual(restored);
  });

  it("are ordinary text where there is no secret", () => {
    expect(restoreSecrets({ t: MASK, s: MASK }, { t: "x" }, paths("s"))).toEqual({ t: MASK, s: MASK });
  });
});
