/** HTTP Basic authentication with one shared auth string, as stock clients send it (protocol section 1). */
import { decodeBase64 } from "./actor.ts";

/** The decoded credentials (`user:password`, or whatever the auth string is) of an `Authorization` header, or null. */
export function basicCredentials(header: string | undefined): string | null {
  if (header === undefined) return null;
  const [scheme, encoded, ...rest] = header.trim().split(/\s+/);
  if (scheme?.toLowerCase() !== "basic" || encoded === undefined || rest.length > 0) return null;
  return decodeBase64(encoded);
}

/** The only paths (under the API root) that stay open when an auth string is set: probes by machines without secrets. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/health", "/ready"]);

/** True when this request needs no credentials although the server asks for them. */
export function isOpenPath(method: string, path: string): boolean {
  return method === "GET" && OPEN_PATHS.has(path);
}
