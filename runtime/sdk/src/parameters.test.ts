import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { DefinitionError, ParameterTypeError } from "./errors.ts";
import { describeParameters, serializeParameters, validateParameters } from "./parameters.ts";

/** A schema of a library that knows nothing of JSON Schema. */
const foreign: StandardSchemaV1<unknown, { n: number }> = {
  "~standard": {
    version: 1,
    vendor: "foreign",
    validate: (value) =>
      typeof value === "object" && value !== null && "n" in value && typeof value.n === "number"
        ? Promise.resolve({ value: { n: value.n + 1 } })
        : { issues: [{ message: "n should be a number", path: [{ key: "n" }] }] },
  },
};

describe("parameters", () => {
  it("are checked by any Standard Schema, also asynchronously", async () => {
    expect(await validateParameters("f", foreign, { n: 1 })).toEqual({ n: 2 });
    await expect(validateParameters("f", foreign, {})).rejects.toMatchObject({
      name: "ParameterTypeError",
      issues: [{ path: "n", message: "n should be a number" }],
    });
  });

  it("that are refused are named, with the flow", async () => {
    const schema = z.object({ user: z.object({ age: z.number() }) });
    const error: unknown = await validateParameters("sign-up", schema, { user: { age: "old" } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ParameterTypeError);
    expect(String(error)).toContain("'sign-up':\n - user.age: ");
  });

  it("are described in order, without what callers may leave out", () => {
    const schema = z.object({
      animals: z.array(z.string()).default(["cat"]).describe("who"),
      count: z.number(),
    });
    expect(describeParameters("f", schema)).toEqual({
      title: "Parameters",
      type: "object",
      properties: {
        animals: {
          title: "animals",
          position: 0,
          type: "array",
          items: { type: "string" },
          default: ["cat"],
          description: "who",
        },
        count: { title: "count", position: 1, type: "number" },
      },
      required: ["count"],
    });
  });

  it("of schemas that can't be described are refused with a way out", () => {
    expect(() => describeParameters("f", foreign)).toThrow(
      /'foreign' can't be described as JSON Schema\. Use a version/,
    );
    expect(() => describeParameters("f", z.object({ big: z.bigint() }))).toThrow(DefinitionError);
    expect(describeParameters("f", null)).toEqual({ title: "Parameters", type: "object", properties: {} });
  });

  it("are sent as JSON, with what JSON can't hold named", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    expect(
      serializeParameters({
        date: new Date(0),
        big: 12n,
        set: new Set([1]),
        map: new Map([["a", 1]]),
        fn: () => {},
        nested: { fn: Math.max },
        missing: undefined,
        cyclic,
      }),
    ).toEqual({
      date: "1970-01-01T00:00:00.000Z",
      big: "12",
      set: [1],
      map: [["a", 1]],
      fn: "<function>",
      nested: { fn: "<function>" },
      missing: null,
      cyclic: "<Object>",
    });
  });
});
