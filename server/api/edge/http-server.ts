/**
 * The API over HTTP. Order of a request: Host and Origin → credentials → CSRF token → routing → stated versions →
 * parse → handler → write. Everything refused on the way has the contract's error shape (protocol section 0).
 */
import { SLUICE_VERSION, SLUICE_VERSION_HEADER } from "@sluice/schemas";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { NetworkRules } from "../../access/network-rules.ts";
import { Refusal } from "../../commands/errors.ts";
import { type AccessOptions, refusalOfRequest } from "./access-check.ts";
import { errorReply } from "./error-reply.ts";
import { json } from "./reply.ts";
import type { Route } from "./route.ts";
import { fastifyPath, RouteIndex } from "./route-index.ts";
import { serveRoute } from "./serve-route.ts";
import { splitWorkspace, type WorkspacePath } from "./workspaces.ts";
import { writeReply } from "./write-reply.ts";

export interface HttpServerOptions extends AccessOptions {
  readonly routes: readonly Route[];
  readonly logger: Logger;
  readonly network: NetworkRules;
  /** Largest request body, bytes; beyond it 413. */
  readonly bodyLimitBytes: number;
  /** Told about every answered request. */
  readonly observe?: (request: ObservedRequest) => void;
}

export interface ObservedRequest {
  readonly method: string;
  /** The route's pattern, or `unknown`, so that the number of label values stays bounded. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

declare module "fastify" {
  interface FastifyRequest {
    workspacePath: WorkspacePath;
  }
}

/** Fastify rewrites URLs before it makes its request object; this carries what was cut off from one to the other. */
const workspacePaths = new WeakMap<object, WorkspacePath>();

const MAX_REQUEST_ID_LENGTH = 100;
let requestCounter = 0;

export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    // Longer than the 25 s for which stock clients keep idle connections, so that it is they who close.
    keepAliveTimeout: 75_000,
    routerOptions: { maxParamLength: 2000 },
    genReqId: (request) => requestId(request.headers["x-request-id"]),
    rewriteUrl: (request) => {
      const path = splitWorkspace(request.url ?? "/");
      if (path.prefix !== "") workspacePaths.set(request, path);
      return path.url;
    },
    frameworkErrors: (error, request, reply) => {
      void answerError(error, request, reply, options);
    },
  });

  // First of all, so that refusals carry the headers too and pages can read them.
  if (options.network.allowedOrigins.length > 0) await allowOrigins(app, options.network.allowedOrigins);
  await compressLargeAnswers(app);
  app.decorateRequest("workspacePath");
  acceptAnyBody(app);
  app.addHook("onRequest", (request, reply, done) => {
    request.workspacePath = workspacePaths.get(request.raw) ?? splitWorkspace(request.url);
    reply.header("x-request-id", request.id);
    reply.header(SLUICE_VERSION_HEADER, SLUICE_VERSION);
    const refusal = refusalOfRequest(request, options);
    if (refusal === null) done();
    else if (refusal instanceof Promise) refusal.then((late) => done(late ?? undefined), done);
    else done(refusal);
  });
  observeResponses(app, options);
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, options));

  const index = new RouteIndex(options.routes);
  app.setNotFoundHandler((request, reply) => answerMiss(index, request, reply));
  for (const route of options.routes) registerEndpoint(app, route);
  return app;
}

/** Below this a compressed answer saves less than it costs. */
const COMPRESSION_THRESHOLD_BYTES = 4096;

async function compressLargeAnswers(app: FastifyInstance): Promise<void> {
  const { default: compress } = await import("@fastify/compress");
  await app.register(compress, { encodings: ["gzip"], threshold: COMPRESSION_THRESHOLD_BYTES });
}

/** Pages of other origins see answers only where the settings list them. */
async function allowOrigins(app: FastifyInstance, allowedOrigins: readonly string[]): Promise<void> {
  const { default: cors } = await import("@fastify/cors");
  const origin = allowedOrigins.includes("*") ? "*" : [...allowedOrigins];
  await app.register(cors, { origin, methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] });
}

/** Serves one endpoint: parse, call the handler, write its reply. */
export function registerEndpoint(app: FastifyInstance, route: Route): void {
  const { method, path } = route.endpoint;
  app.route({
    method,
    url: `/api${fastifyPath(path)}`,
    handler: async (request, reply) => {
      const { workspace_id, prefix } = request.workspacePath;
      if (workspace_id === null) throw new Refusal("not_found", "Not Found");
      const { params, query, headers, id } = request;
      const body = typeof request.body === "string" ? request.body : undefined;
      const url = apiUrl(request, prefix);
      const answer = await serveRoute(route, {
        params,
        query,
        body,
        headers,
        workspace_id,
        request_id: id,
        api_url: url,
      });
      return writeReply(reply, answer);
    },
  });
}

/** The API root as the client wrote it, workspace included. */
function apiUrl({ protocol, headers }: FastifyRequest, prefix: string): string {
  return `${protocol}://${headers.host ?? "127.0.0.1"}/api${prefix}`;
}

/** Bodies arrive as text and are read once the route is known: whatever their type, a bad one gets the contract's 422. */
function acceptAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
}

function answerMiss(index: RouteIndex, request: FastifyRequest, reply: FastifyReply): unknown {
  const path = pathOf(request.url);
  if (!path.startsWith("/api/") || request.workspacePath.workspace_id === null) {
    return writeReply(reply, json({ detail: "Not Found" }, 404));
  }
  const miss = index.explain(path.slice("/api".length));
  if (miss.kind === "method") {
    return writeReply(reply.header("allow", miss.allow), json({ detail: "Method Not Allowed" }, 405));
  }
  if (miss.kind === "none") return writeReply(reply, json({ detail: "Not Found" }, 404));
  const query = request.url.slice(path.length);
  const location = `${apiUrl(request, request.workspacePath.prefix)}${miss.path}${query}`;
  return reply.code(307).header("location", location).send();
}

function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}

async function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { logger, bodyLimitBytes }: HttpServerOptions,
): Promise<unknown> {
  const { reply: answer, logLevel } = errorReply(asContractError(error, bodyLimitBytes));
  if (logLevel !== null) {
    // Only of defects the stack is of interest.
    const cause = logLevel === "error" ? { err: error } : { reason: String(error) };
    logger[logLevel](
      { ...cause, request_id: request.id, method: request.method, path: pathOf(request.url) },
      "A request failed",
    );
  }
  return writeReply(reply, answer);
}

/** Fastify's own refusals of a request, in the contract's words. Other errors pass. */
function asContractError(error: unknown, bodyLimitBytes: number): unknown {
  if (!(error instanceof Error) || !("statusCode" in error)) return error;
  const status = error.statusCode;
  if (status === 413) {
    const limit = bodyLimitBytes.toLocaleString("en");
    return new Refusal("too_large", `Request body must not be larger than ${limit} bytes.`);
  }
  if (status === 400) return new Refusal("bad_request", "The request could not be read.");
  return error;
}

function observeResponses(app: FastifyInstance, { logger, observe }: HttpServerOptions): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { method } = request;
    const status = reply.statusCode;
    observe?.({
      method,
      route: request.routeOptions.url ?? "unknown",
      status,
      seconds: reply.elapsedTime / 1000,
    });
    if (logger.isLevelEnabled("debug")) {
      const ms = Math.round(reply.elapsedTime * 100) / 100;
      logger.debug({ request_id: request.id, method, path: pathOf(request.url), status, ms }, "request");
    }
    done();
  });
}

/** The caller's own id when it is short and printable, so that its log and ours can be joined; else a fresh one. */
function requestId(given: string | string[] | undefined): string {
  if (typeof given === "string" && given.length <= MAX_REQUEST_ID_LENGTH && /^[\w.:-]+$/.test(given))
    return given;
  requestCounter = (requestCounter + 1) % Number.MAX_SAFE_INTEGER;
  return `req-${process.pid.toString(36)}-${requestCounter.toString(36)}`;
}
