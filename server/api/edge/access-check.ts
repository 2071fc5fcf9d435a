/** Whether a request may pass the door: Host, Origin, credentials, CSRF token, in this order (protocol section 1). */
import type { FastifyRequest } from "fastify";
import { basicCredentials, isOpenPath } from "../../access/basic-credentials.ts";
import { isHostAllowed, isOriginAllowed, type NetworkRules } from "../../access/network-rules.ts";
import { Refusal } from "../../commands/errors.ts";
import { secretsEqual } from "./secrets.ts";

export interface AccessOptions {
  readonly network: NetworkRules;
  /** Null: the API is open. */
  readonly authString: string | null;
  /** Null: writes need no CSRF token. */
  readonly csrf: CsrfCheck | null;
}

export interface CsrfCheck {
  /** The current token of a client id; null when it has none that is alive. */
  tokenOf(client: string): Promise<string | null>;
}

const API_ROOT = "/api";
const WRITING_METHODS: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** Why the request is refused, or null. Asynchronous only where a CSRF token has to be looked up. */
export function refusalOfRequest(
  request: FastifyRequest,
  { network, authString, csrf }: AccessOptions,
): Refusal | null | Promise<Refusal | null> {
  const { headers, method } = request;
  if (!isHostAllowed(headers.host, network)) {
    return new Refusal(
      "forbidden",
      "This server does not answer to that host name. Add it to SLUICE_SERVER_ALLOWED_HOSTS if it should.",
    );
  }
  if (!isOriginAllowed(headers.origin, headers.host, network)) {
    return new Refusal(
      "forbidden",
      "Requests from pages of that origin are not allowed. Add it to SLUICE_SERVER_CORS_ALLOWED_ORIGINS if they should be.",
    );
  }
  if (authString !== null && needsCredentials(request) && !hasCredentials(request, authString)) {
    return new Refusal("unauthorized", "Unauthorized");
  }
  return csrf !== null && WRITING_METHODS.has(method) ? csrfRefusal(request, csrf) : null;
}

/**
 * Decided by the route that will answer, never by the URL as written: the router decodes `/%61pi/flows/` too. What no
 * route answers needs credentials as well, so that a stranger can't tell what exists.
 */
function needsCredentials({ method, routeOptions, workspacePath }: FastifyRequest): boolean {
  const pattern = routeOptions.url;
  if (pattern === undefined) return true;
  if (!pattern.startsWith(API_ROOT)) return false;
  return workspacePath.prefix !== "" || !isOpenPath(method, pattern.slice(API_ROOT.length));
}

function hasCredentials({ headers }: FastifyRequest, authString: string): boolean {
  const credentials = basicCredentials(headers.authorization);
  return credentials !== null && secretsEqual(credentials, authString);
}

async function csrfRefusal({ headers }: FastifyRequest, csrf: CsrfCheck): Promise<Refusal | null> {
  const token = headers["prefect-csrf-token"];
  const client = headers["prefect-csrf-client"];
  if (typeof token !== "string") return new Refusal("forbidden", "Missing CSRF token.");
  if (typeof client !== "string") return new Refusal("forbidden", "Missing client identifier.");
  const expected = await csrf.tokenOf(client);
  if (expected !== null && secretsEqual(expected, token)) return null;
  return new Refusal("forbidden", "Invalid CSRF token or client identifier.");
}
