import { describe, expect, it } from "vitest";
import { problemTree, validateValues } from "./schema-values.ts";

describe("the tree of problems", () => {
  it("gathers what is wrong below the same property or index", () => {
    const problems = [
      { path: [], message: "top", isMissing: false },
      { path: ["a", 0, "b"], message: "one", isMissing: false },
      { path: ["a", 0, "b"], message: "two", isMissing: false },
      { path: ["a", 1], message: "three", isMissing: false },
    ];
    expect(problemTree(problems)).toEqual([
      "top",
      {
        property: "a",
        errors: [
          { index: 0, errors: [{ property: "b", errors: ["one", "two"] }] },
          { index: 1, errors: ["three"] },
        ],
      },
    ]);
  });

  it("refuses a schema that can't be used with 422", () => {
    expect(() => validateValues({ type: "nonsense" }, {})).toThrow(/Invalid schema/);
  });
});
