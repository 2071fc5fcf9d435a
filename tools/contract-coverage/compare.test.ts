import { expect, test } from "vitest";
import { compareDocuments } from "./compare.ts";
import type { Document, Operation, Schema } from "./document.ts";

test("a property that we lack is missing, one of our own is extra", () => {
  const differences = compareBodies(
    object({ name: string, tags: string }, ["name"]),
    object({ name: string, colour: string }, ["name"]),
  );
  expect(differences).toEqual(["missing body.tags", "extra body.colour"]);
});

test("what lies below a missing property is not reported again", () => {
  const nested = object({ state: object({ type: string, details: object({ key: string }) }) });
  expect(compareBodies(nested, object({}))).toEqual(["missing body.state"]);
});

test("another type or format is a difference, however the alternatives are written", () => {
  expect(compareBodies(string, { type: "integer" })).toEqual(["type body"]);
  expect(compareBodies({ type: "string", format: "uuid" }, string)).toEqual(["type body"]);
  expect(compareBodies({ anyOf: [string, { type: "integer" }] }, { type: ["integer", "string"] })).toEqual(
    [],
  );
});

test("whole numbers add nothing where any number will do", () => {
  const theirs = { anyOf: [{ type: "integer" }, { type: "number" }] };
  expect(compareBodies(theirs, { type: "number" })).toEqual([]);
});

test("nullability is compared across the ways to say it", () => {
  const nullable = { anyOf: [string, { type: "null" }] };
  expect(compareBodies(nullable, { type: ["string", "null"] })).toEqual([]);
  expect(compareBodies(nullable, string)).toEqual(["nullability body"]);
  expect(compareBodies(string, nullable)).toEqual(["nullability body"]);
});

test("a value that the reference lists must be on our list; a longer list is fine", () => {
  const colours = (...values: string[]) => ({ type: "string", enum: values });
  expect(compareBodies(colours("red", "blue"), colours("red"))).toEqual(["values body"]);
  expect(compareBodies(colours("red"), colours("red", "blue"))).toEqual([]);
  expect(compareBodies(colours("red"), string)).toEqual(["values body"]);
  expect(compareBodies({ const: "red" }, colours("red"))).toEqual([]);
});

test("in a request we may neither demand more nor less than the reference", () => {
  const optional = object({ name: string });
  const required = object({ name: string }, ["name"]);
  expect(compareBodies(optional, required)).toEqual(["required body.name"]);
  expect(compareBodies(required, optional)).toEqual(["required body.name"]);
});

test("in a response we may promise more, not less", () => {
  const optional = object({ name: string });
  const required = object({ name: string }, ["name"]);
  expect(compareResponses(optional, required)).toEqual([]);
  expect(compareResponses(required, optional)).toEqual(["required 200.name"]);
});

test("a default of a request must be ours too, unless it is empty", () => {
  expect(compareBodies({ type: "integer", default: 1 }, { type: "integer", default: 1 })).toEqual([]);
  expect(compareBodies({ type: "integer", default: 1 }, { type: "integer" })).toEqual(["default body"]);
  expect(compareBodies({ type: "array", default: [] }, { type: "array" })).toEqual([]);
});

test("items, tuples and map values are fields", () => {
  const theirs = object({
    list: { type: "array", items: string },
    pair: { type: "array", prefixItems: [string, { type: "integer" }] },
    map: { type: "object", additionalProperties: string },
  });
  const ours = object({
    list: { type: "array", items: { type: "integer" } },
    pair: { type: "array", prefixItems: [string, string] },
    map: { type: "object", additionalProperties: { type: "boolean" } },
  });
  expect(compareBodies(theirs, ours)).toEqual(["type body.list[]", "type body.pair[1]", "type body.map.*"]);
});

test("references are followed, whatever the components are called, and may lead back to themselves", () => {
  const tree = (self: string): Schema =>
    object({ label: string, children: { type: "array", items: { $ref: `#/components/schemas/${self}` } } });
  const theirs = documentOf(post({ $ref: "#/components/schemas/Tree" }), { Tree: tree("Tree") });
  const ours = documentOf(post({ $ref: "#/components/schemas/Node" }), { Node: tree("Node") });
  expect(compareDocuments(theirs, ours).differences).toEqual([]);
});

test("a recursion may start at another component on each side", () => {
  const item = (name: string) => ({ anyOf: [string, { $ref: `#/components/schemas/${name}` }] });
  const theirs = documentOf(post(item("Error")), {
    Error: object({ errors: { type: "array", items: item("Error") } }),
  });
  const ours = documentOf(post({ $ref: "#/components/schemas/Item" }), {
    Item: { anyOf: [string, { $ref: "#/components/schemas/Error" }] },
    Error: object({ errors: { type: "array", items: { $ref: "#/components/schemas/Item" } } }),
  });
  expect(compareDocuments(theirs, ours).differences).toEqual([]);
});

test("a reference that leads nowhere stops the comparison", () => {
  const broken = documentOf(post({ $ref: "#/components/schemas/Gone" }), {});
  expect(() => compareDocuments(broken, broken)).toThrow(/Gone/);
});

test("a property of several alternatives has the types of each", () => {
  const theirs = { anyOf: [object({ delay: string }), object({ delay: { type: "integer" } })] };
  expect(compareBodies(theirs, object({ delay: string }))).toEqual(["type body.delay"]);
});

test("a property is always there only when each alternative has it", () => {
  const theirs = object({ name: string }, ["name"]);
  const ours = { anyOf: [object({ name: string }, ["name"]), object({ name: string })] };
  expect(compareResponses(theirs, ours)).toEqual(["required 200.name"]);
});

test("parameters are compared by place and name", () => {
  const parameter = (name: string, schema: Schema) => ({ name, in: "query", required: true, schema });
  const theirs = documentOf({ parameters: [parameter("since", string), parameter("client", string)] });
  const ours = documentOf({ parameters: [parameter("since", { type: "integer" })] });
  expect(kinds(theirs, ours)).toEqual(["type query.since", "missing query.client"]);
});

test("the keys of a map in a response may be named one by one", () => {
  const counts = { type: "object", additionalProperties: { type: "integer" } };
  const named = object({ completed: { type: "integer" }, failed: { type: "integer" } });
  expect(compareResponses(counts, named)).toEqual(["extra 200.completed", "extra 200.failed"]);
  expect(compareResponses(counts, object({ completed: string }))).toContain("missing 200.*");
  expect(compareBodies(counts, named)).toContain("missing body.*");
});

test("where the reference says nothing about a body, any body of ours is fine", () => {
  expect(compareResponses({}, string)).toEqual([]);
});

test("operations of only one side are told apart from those of both", () => {
  const theirs: Document = { paths: { "/a": { get: {}, post: {} } } };
  const ours: Document = { paths: { "/a": { get: {} }, "/b": { get: {} } } };
  const { served, notServed, own } = compareDocuments(theirs, ours);
  expect([...served.keys()]).toEqual(["GET /a"]);
  expect(notServed).toEqual(["POST /a"]);
  expect(own).toEqual(["GET /b"]);
});

const string: Schema = { type: "string" };

function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: "object", properties, required };
}

function post(schema: Schema): Operation {
  return { requestBody: { required: true, content: { "application/json": { schema } } } };
}

function documentOf(operation: Operation, schemas: Readonly<Record<string, Schema>> = {}): Document {
  return { paths: { "/things": { post: operation } }, components: { schemas } };
}

function kinds(theirs: Document, ours: Document): string[] {
  return compareDocuments(theirs, ours).differences.map(({ kind, field }) => `${kind} ${field}`);
}

function compareBodies(theirs: Schema, ours: Schema): string[] {
  return kinds(documentOf(post(theirs)), documentOf(post(ours)));
}

function compareResponses(theirs: Schema, ours: Schema): string[] {
  const answer = (schema: Schema) =>
    documentOf({ responses: { "200": { content: { "application/json": { schema } } } } });
  return kinds(answer(theirs), answer(ours));
}
