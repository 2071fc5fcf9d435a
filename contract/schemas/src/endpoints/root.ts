/** Endpoints that say who the server is and how it does. */
import { z } from "zod";
import { csrfTokenResponse } from "../csrf-tokens.ts";
import { endpoint } from "../endpoint.ts";

export const rootEndpoints = {
  checkHealth: endpoint({
    operationId: "checkHealth",
    method: "GET",
    path: "/health",
    tag: "Root",
    summary: "True when the server is up",
    statuses: [200],
    response: z.boolean(),
  }),
  readApiVersion: endpoint({
    operationId: "readApiVersion",
    method: "GET",
    path: "/version",
    tag: "Root",
    summary: "The version of the wire protocol",
    statuses: [200],
    response: z.string(),
  }),
  hello: endpoint({
    operationId: "hello",
    method: "GET",
    path: "/hello",
    tag: "Root",
    summary: "Say hello",
    statuses: [200],
    response: z.string(),
  }),
  checkReadiness: endpoint({
    operationId: "checkReadiness",
    method: "GET",
    path: "/ready",
    tag: "Root",
    summary: "Whether the database answers; 503 when it does not",
    statuses: [200],
    response: z.object({ message: z.string() }),
  }),
  createCsrfToken: endpoint({
    operationId: "createCsrfToken",
    method: "GET",
    path: "/csrf-token",
    tag: "Root",
    summary: "A fresh CSRF token for a client; 422 where CSRF protection is off",
    query: z.object({ client: z.string() }),
    statuses: [200],
    response: csrfTokenResponse,
  }),
};
