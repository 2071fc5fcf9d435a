import { expect, test } from "vitest";
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import { endpointList } from "./endpoints/all.ts";
import { openApiDocument } from "./openapi.ts";

const document = openApiDocument();

test("every endpoint is an operation of the document", () => {
  for (const { path, method, operationId } of endpointList) {
    const operations = document.paths?.[path] as Record<string, { operationId: string }> | undefined;
    expect(operations?.[method.toLowerCase()]?.operationId).toBe(operationId);
  }
});

test("components carry the names of the contract, once each", () => {
  const names = Object.keys(document.components?.schemas ?? {});
  expect(names).toEqual(expect.arrayContaining(["Flow", "FlowRunCreate", "FlowRunFilter", "State", "Graph"]));
  expect(names.filter((name) => /^__|Output$/.test(name))).toEqual([]);
});

test("requests are closed and show what they accept; responses are open and show what is there", () => {
  const schemas = document.components?.schemas ?? {};
  expect(schemas["FlowCreate"]).toMatchObject({ required: ["name"], additionalProperties: false });
  expect(schemas["Flow"]).not.toHaveProperty("additionalProperties");
  expect(schemas["Flow"]).toMatchObject({ required: ["id", "created", "updated", "name", "tags", "labels"] });
});

test("a moment is documented as a date-time, though numbers are read too", () => {
  const logCreate = document.components?.schemas?.["LogCreate"];
  expect(logCreate).toMatchObject({ properties: { timestamp: { type: "string", format: "date-time" } } });
});

test("statuses, content types and optional bodies are those of the endpoint", () => {
  const greet = endpoint({
    operationId: "greet",
    method: "POST",
    path: "/greetings/{name}",
    tag: "Greetings",
    summary: "Greet",
    params: z.object({ name: z.string() }),
    query: z.object({ loud: z.boolean().optional() }),
    body: z.object({ words: z.string().optional() }),
    bodyOptional: true,
    statuses: [200, 201],
    response: z.string(),
    contentType: "text/plain",
  });
  expect(openApiDocument([greet]).paths?.["/greetings/{name}"]?.post).toMatchObject({
    parameters: [
      { in: "path", name: "name", required: true },
      { in: "query", name: "loud" },
      { in: "header", name: "x-prefect-api-version" },
    ],
    requestBody: { required: false },
    responses: {
      "200": { content: { "text/plain": { schema: { type: "string" } } } },
      "201": { content: { "text/plain": { schema: { type: "string" } } } },
      "422": {},
    },
  });
});
