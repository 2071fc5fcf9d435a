/** What the server serves beside the contract's endpoints: figures, the OpenAPI document, its page, the UI's settings. */
import type { FastifyInstance } from "fastify";
import { docsPage } from "./docs-page.ts";
import type { Metrics } from "./metrics.ts";

export interface SystemRouteOptions {
  readonly metrics: Metrics;
  readonly hasAuth: boolean;
  readonly hasCsrf: boolean;
}

export function registerSystemRoutes(app: FastifyInstance, options: SystemRouteOptions): void {
  const { metrics } = options;
  app.get("/api/metrics", async (_request, reply) =>
    reply.header("content-type", metrics.contentType).send(await metrics.text()),
  );

  let document: string | null = null;
  app.get("/api/openapi.json", async (_request, reply) => {
    // Made on the first request: the generator is large, and most servers are never asked.
    const { openApiDocument } = await import("@sluice/schemas/openapi");
    document ??= JSON.stringify(openApiDocument());
    return reply.header("content-type", "application/json").send(document);
  });
  app.get("/docs", (_request, reply) => {
    void reply.header("content-type", "text/html; charset=utf-8").send(docsPage);
  });

  // The keys are those that UIs of the contract read before anything else (protocol section 2.3).
  const uiSettings = JSON.stringify({
    api_url: "/api",
    csrf_enabled: options.hasCsrf,
    auth: options.hasAuth ? "BASIC" : null,
    flags: [],
    default_ui: "v2",
    available_uis: [],
    v1_base_url: null,
    v2_base_url: null,
  });
  app.get("/ui-settings", (_request, reply) => {
    void reply.header("content-type", "application/json").send(uiSettings);
  });
}
