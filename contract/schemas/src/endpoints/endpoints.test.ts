import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { endpointList, endpoints } from "./all.ts";

test("there are endpoints", () => {
  expect(endpointList.length).toBeGreaterThan(60);
});

test("an endpoint is listed under the name of its operation", () => {
  for (const [name, { operationId }] of Object.entries(endpoints)) expect(operationId).toBe(name);
});

test("no two endpoints share a method and path", () => {
  const places = endpointList.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
});

describe.each(endpointList.map((endpoint) => [endpoint.operationId, endpoint] as const))(
  "%s",
  (_, endpoint) => {
    it("declares the parameters of its path, no more and no less", () => {
      const placeholders = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = endpoint.params instanceof z.ZodObject ? Object.keys(endpoint.params.shape) : [];
      expect(declared).toEqual(placeholders);
    });

    it("has a response exactly when it has a status that carries one", () => {
      expect(endpoint.response === undefined).toBe(endpoint.statuses.includes(204));
    });

    it("has no body where the method carries none", () => {
      const carriesNone = endpoint.method === "GET" || endpoint.method === "DELETE";
      expect(carriesNone && endpoint.body !== undefined).toBe(false);
    });

    it("takes an empty body where it says that there may be none", () => {
      expect(endpoint.bodyOptional !== true || endpoint.body?.safeParse({}).success).toBe(true);
    });
  },
);
