import { describe, expect, it } from "vitest";
import { z } from "zod";
import { validationDetails } from "./validation-details.ts";

const schema = z.strictObject({
  name: z.string().regex(/^[^/]+$/),
  tags: z.array(z.string()).optional(),
  sort: z.enum(["A", "B", "C"]).optional(),
  limit: z.int().min(0).optional(),
  any: z.union([z.number(), z.array(z.number())]).optional(),
  inner: z.strictObject({ id: z.string() }).optional(),
});

function detailsFor(value: unknown) {
  const result = schema.safeParse(value);
  if (result.success) throw new Error("expected the value to be refused");
  return validationDetails("body", value, result.error.issues);
}

describe("validation details", () => {
  it("name each field with its place, the contract's word for the mistake, and what was sent", () => {
    const body = { name: "a/b", tags: "x", zzz: 1 };
    expect(detailsFor(body)).toEqual([
      {
        type: "string_pattern_mismatch",
        loc: ["body", "name"],
        msg: "String should match pattern '^[^/]+$'",
        input: "a/b",
        ctx: { pattern: "^[^/]+$" },
      },
      { type: "list_type", loc: ["body", "tags"], msg: "Input should be a valid list", input: "x" },
      { type: "extra_forbidden", loc: ["body", "zzz"], msg: "Extra inputs are not permitted", input: 1 },
    ]);
  });

  it("show what is around a missing field", () => {
    expect(detailsFor({ name: "a", inner: {} })).toEqual([
      { type: "missing", loc: ["body", "inner", "id"], msg: "Field required", input: {} },
    ]);
  });

  it("list the choices of an enumeration", () => {
    expect(detailsFor({ name: "a", sort: "Z" })).toMatchObject([
      { type: "enum", msg: "Input should be 'A', 'B' or 'C'", ctx: { expected: "'A', 'B' or 'C'" } },
    ]);
  });

  it("tell a wrong number from a text and from a fraction", () => {
    expect(detailsFor({ name: "a", limit: -1 })).toMatchObject([
      { type: "greater_than_equal", msg: "Input should be greater than or equal to 0", ctx: { ge: 0 } },
    ]);
    expect(detailsFor({ name: "a", limit: "x" })).toMatchObject([{ type: "float_parsing" }]);
    expect(detailsFor({ name: "a", limit: 1.5 })).toMatchObject([{ type: "int_from_float" }]);
  });

  it("follow the branch of a union that got furthest", () => {
    expect(detailsFor({ name: "a", any: [1, "x"] })).toMatchObject([
      { type: "float_parsing", loc: ["body", "any", 1], input: "x" },
    ]);
  });

  it("are bounded, however much is wrong", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, 1]));
    expect(detailsFor({ name: "a", ...many })).toHaveLength(100);
  });

  it("say that a body of another kind is no object", () => {
    expect(detailsFor("text")).toMatchObject([
      { type: "model_attributes_type", loc: ["body"], input: "text" },
    ]);
  });
});
