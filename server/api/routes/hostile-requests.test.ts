import { openApiDocument } from "@sluice/schemas/openapi";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi } from "./fixtures/api.ts";

/** The parts of JSON Schema that the contract's document uses. */
interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly body: Schema | null;
}

/** Values that have broken servers: other types, bounds of numbers and dates, characters that databases refuse. */
const NASTY: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 31,
  2 ** 63,
  Number.MAX_SAFE_INTEGER + 1,
  253402300800,
  "",
  "\0",
  "\ud800",
  "%",
  "_%'\"\\",
  "x".repeat(70_000),
  "😀".repeat(1000),
  '"unterminated',
  "+ - !",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999Z",
  "2024-02-30T00:00:00Z",
  "2024-01-01T00:00:00+99:00",
  "00000000-0000-0000-0000-000000000000",
  [],
  {},
  [null],
  { constructor: 1 },
  JSON.parse('{"__proto__":{"x":1}}'),
];

const MAX_DEPTH = 6;
const ids: string[] = [];
let api: Api;
beforeAll(async () => {
  api = await startApi();
  const { body: flow } = await api.call("POST", "/flows/", { name: "flow" });
  const { body: run } = await api.call("POST", "/flow_runs/", { flow_id: flow.id });
  const task = { flow_run_id: run.id, task_key: "k", dynamic_key: "0" };
  const { body: taskRun } = await api.call("POST", "/task_runs/", task);
  ids.push(flow.id, run.id, taskRun.id);
});
afterAll(() => api[Symbol.asyncDispose]());

it("whatever a client sends, the server answers within the contract and goes on", async () => {
  const operations = readOperations();
  const requests = fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      path: pathOf(operation.path),
      body: operation.body ? valueOf(operation.body, 0) : fc.constant(undefined),
    }),
  );
  await fc.assert(
    fc.asyncProperty(requests, async ({ operation, path, body }) => {
      const answer = await api.call(operation.method, path, body);
      // 503 is the honest answer of /ready and of full queues only, and neither is the case here.
      expect(answer.status).toBeLessThan(500);
    }),
    { numRuns: 1500 },
  );
  expect((await api.call("GET", "/ready")).status).toBe(200);
});

const document = openApiDocument() as unknown as {
  readonly paths: Record<
    string,
    Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>
  >;
};

function readOperations(): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({
      method: method.toUpperCase(),
      path: path.replace(/^\/api/, ""),
      body: requestBody?.content["application/json"]?.schema ?? null,
    })),
  );
}

function pathOf(path: string): fc.Arbitrary<string> {
  return fc
    .record({ id: fc.nat(), name: fc.constantFrom("flow", "k", "time", "%00", "a%2Fb", "%F0%9F%98%80") })
    .map(({ id, name }) =>
      path.replace(/\{(\w+)\}/g, (_, key: string) =>
        key === "id" || key.endsWith("_id") ? (ids[id % ids.length] ?? "") : name,
      ),
    );
}

/** Mostly what the schema asks for, sometimes something nasty in its place. */
function valueOf(given: Schema, depth: number): fc.Arbitrary<unknown> {
  const nasty = fc.constantFrom(...NASTY);
  if (depth > MAX_DEPTH) return nasty;
  return fc.oneof(
    { arbitrary: fittingValue(resolve(given), depth), weight: 12 },
    { arbitrary: nasty, weight: 1 },
  );
}

function fittingValue(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) return fc.oneof(...choices.map((choice) => valueOf(choice, depth + 1)));
  if (schema.properties) return objectOf(schema, depth);
  switch ([schema.type].flat()[0]) {
    case "array":
      return fc.array(valueOf(schema.items ?? {}, depth + 1), { maxLength: 2 });
    case "object":
      return fc.dictionary(fc.constantFrom("a", "", "é"), fc.constantFrom(...NASTY), { maxKeys: 2 });
    case "integer":
    case "number":
      return fc.constantFrom(0, 1, 2, 50, 60);
    case "boolean":
      return fc.boolean();
    default:
      return stringOf(schema);
  }
}

function stringOf({ format }: Schema): fc.Arbitrary<string> {
  if (format === "uuid") return fc.nat().map((index) => ids[index % ids.length] ?? "");
  if (format === "date-time") return fc.constantFrom("2024-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
  return fc.constantFrom("a", "k", "flow");
}

function objectOf({ properties = {}, required = [] }: Schema, depth: number): fc.Arbitrary<unknown> {
  const shape = Object.entries(properties).map(([key, schema]) => [key, valueOf(schema, depth + 1)]);
  return fc.record(Object.fromEntries(shape) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...required],
  });
}

function resolve(schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const parts = schema.$ref.split("/").slice(1);
  // References stay inside of the document.
  return resolve(
    parts.reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], document) as Schema,
  );
}
