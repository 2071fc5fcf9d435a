import { describe, expect, it } from "vitest";
import { findValueProblems, schemaProblem, UnusableSchemaError } from "./schema-values.ts";

const schema = {
  type: "object",
  properties: {
    name: { type: "string" },
    count: { type: "integer", minimum: 1, default: 1 },
    tags: { type: "array", items: { type: "string" } },
    choice: { anyOf: [{ type: "integer" }, { type: "boolean" }] },
    person: { type: "object", properties: { age: { type: "integer" } }, required: ["age"] },
  },
  required: ["name"],
  additionalProperties: false,
};

describe("checking values against a user's schema", () => {
  it("finds nothing wrong with what fits, null for an optional value included", () => {
    expect(findValueProblems(schema, { name: "a", tags: null })).toEqual([]);
  });

  it.each([
    [{}, ["name"], "'name' is a required property"],
    [{ name: 1 }, ["name"], "1 is not of type 'string'"],
    [{ name: "a", count: 0 }, ["count"], "0 is less than the minimum of 1"],
    [{ name: "a", tags: ["x", 2] }, ["tags", 1], "2 is not of type 'string'"],
    [{ name: "a", choice: "x" }, ["choice"], "'x' is not valid under any of the given schemas"],
    [{ name: "a", person: {} }, ["person", "age"], "'age' is a required property"],
    [{ name: "a", more: true }, [], "Additional properties are not allowed ('more' was unexpected)"],
  ])("says of %j where and what is wrong", (values, path, message) => {
    expect(findValueProblems(schema, values)).toMatchObject([{ path, message }]);
  });

  it("says when the schema itself is wrong", () => {
    expect(() => findValueProblems({ type: "nonsense" }, {})).toThrow(UnusableSchemaError);
    expect(() => findValueProblems({ $ref: "#/definitions/missing" }, {})).toThrow(UnusableSchemaError);
  });

  it("leaves the schema that it was given as it is", () => {
    const given = { type: "object", properties: { a: { type: "string" } } };
    findValueProblems(given, {});
    expect(given).toEqual({ type: "object", properties: { a: { type: "string" } } });
  });
});

describe("the reason why a value does not fit", () => {
  it.each([
    [{ name: "a" }, null],
    [{ name: 1 }, "Validation failed for field 'name'. Failure reason: 1 is not of type 'string'"],
    [{}, "Validation failed. Failure reason: 'name' is a required property"],
    [
      { name: "a", tags: ["x", 2] },
      "Validation failed for field 'tags[1]'. Failure reason: 2 is not of type 'string'",
    ],
  ])("of %j is one sentence", (values, reason) => {
    expect(schemaProblem(values, schema)).toBe(reason);
  });
});
