import { endpointList } from "@sluice/schemas";
import { expect, it } from "vitest";
import type { ApiServices } from "../services.ts";
import { allRoutes } from "./all-routes.ts";

it("every endpoint of the contract is served by one route, and nothing else is", () => {
  // Routes are only made here, not called; what they would reach for stays undefined.
  const nothing: unknown = new Proxy({}, { get: () => nothing });
  const served = allRoutes(nothing as ApiServices).map(({ endpoint }) => endpoint.operationId);
  expect(endpointList.length).toBeGreaterThan(50);
  expect(served.toSorted()).toEqual(endpointList.map(({ operationId }) => operationId).toSorted());
});
