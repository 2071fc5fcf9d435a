/**
 * The API without a port: a function of `fetch`'s shape for callers in this process. Host, Origin and credentials are
 * not asked for, since nobody outside of the process can call it.
 */
import { DEFAULT_WORKSPACE_ID, SLUICE_VERSION, SLUICE_VERSION_HEADER } from "@sluice/schemas";
import { errorReply } from "./error-reply.ts";
import { json, type Reply } from "./reply.ts";
import type { Route } from "./route.ts";
import { RouteIndex } from "./route-index.ts";
import { serveRoute } from "./serve-route.ts";

export type LocalFetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Told of errors that nobody foresaw; the caller gets a bare 500 or 503. */
export type ErrorListener = (error: unknown, method: string, path: string) => void;

export interface LocalFetchOptions {
  readonly routes: readonly Route[];
  readonly onError: ErrorListener;
}

export function createLocalFetch({ routes, onError }: LocalFetchOptions): LocalFetch {
  const index = new RouteIndex(routes);
  return async (url, init = {}) => {
    const { origin, pathname, searchParams } = new URL(url);
    const method = init.method ?? "GET";
    const reply = await answer(index, method, pathname, {
      query: Object.fromEntries(searchParams),
      body: typeof init.body === "string" ? init.body : undefined,
      headers: Object.fromEntries(new Headers(init.headers)),
      api_url: `${origin}/api`,
    }).catch((error: unknown) => {
      const { reply: refusal, logLevel } = errorReply(error);
      if (logLevel !== null) onError(error, method, pathname);
      return refusal;
    });
    return toResponse(reply);
  };
}

interface LocalRequest {
  readonly query: Record<string, string>;
  readonly body: string | undefined;
  readonly headers: Record<string, string>;
  readonly api_url: string;
}

async function answer(
  index: RouteIndex,
  method: string,
  path: string,
  request: LocalRequest,
): Promise<Reply> {
  const match = path.startsWith("/api/") ? index.find(method, path.slice("/api".length)) : null;
  if (!match) return json({ detail: "Not Found" }, 404);
  return await serveRoute(match.route, {
    ...request,
    params: match.params,
    workspace_id: DEFAULT_WORKSPACE_ID,
    request_id: "embedded",
  });
}

async function toResponse(reply: Reply): Promise<Response> {
  const headers = { [SLUICE_VERSION_HEADER]: SLUICE_VERSION, ...reply.headers };
  const { status } = reply;
  switch (reply.kind) {
    case "json":
      return new Response(JSON.stringify(reply.body), {
        status,
        headers: { "content-type": "application/json", ...headers },
      });
    case "text":
      return new Response(reply.text, { status, headers });
    case "empty":
      return new Response(null, { status, headers });
    case "stream":
      return new Response(await joined(reply.chunks), { status, headers });
  }
}

async function joined(chunks: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}
