/** Serves a request that has found its route, whichever way it came: stated versions → parse → handler. */
import { judgeApiVersion } from "../../access/client-versions.ts";
import { Refusal } from "../../commands/errors.ts";
import { parseRequest } from "./parse-request.ts";
import { readJson } from "./read-json.ts";
import type { Reply } from "./reply.ts";
import { oneHeader, RequestCall, type RequestOrigin } from "./request-call.ts";
import type { Route } from "./route.ts";

export interface RoutedRequest extends RequestOrigin {
  readonly params: unknown;
  readonly query: unknown;
  /** The body as it was sent; undefined or empty: there was none. */
  readonly body: string | undefined;
}

/** @throws Refusal, InvalidRequest, and whatever the handler throws */
export async function serveRoute({ endpoint, handle }: Route, request: RoutedRequest): Promise<Reply> {
  const verdict = judgeApiVersion(oneHeader(request.headers, "x-prefect-api-version"));
  if (!verdict.accepted) throw new Refusal("bad_request", verdict.reason);
  const input = parseRequest(endpoint, {
    params: request.params,
    query: request.query,
    body: endpoint.body ? readBody(request, endpoint.exactNumbers === true) : undefined,
  });
  // The handler was typed by this endpoint's schemas when the two were joined (`route`).
  const handler = handle as (input: unknown, call: RequestCall) => Promise<Reply> | Reply;
  return await handler(input, new RequestCall(request, verdict.version));
}

const JSON_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** The body as JSON; old clients send no content type. A body of another type stays text, which no schema accepts. */
function readBody({ body, headers }: RoutedRequest, exactNumbers: boolean): unknown {
  if (body === undefined || body === "") return undefined;
  const type = oneHeader(headers, "content-type");
  return type === undefined || type === "" || JSON_TYPE.test(type) ? readJson(body, exactNumbers) : body;
}
