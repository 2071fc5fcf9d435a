/**
 * Which hosts and origins may talk to the server, so that a web page in somebody's browser cannot drive a server on
 * the same machine: neither across sites (Origin) nor by pointing a name of its own at 127.0.0.1 (Host).
 */

export interface NetworkRules {
  /** The address the server listens on. */
  readonly listenHost: string;
  /** Further host names it may be called by; `*` allows any. */
  readonly allowedHosts: readonly string[];
  /** Origins (`https://ui.example.com`) whose pages may call the API; `*` allows any. */
  readonly allowedOrigins: readonly string[];
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1"]);

/** True for the names and addresses that lead to this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return LOOPBACK_NAMES.has(name) || name.endsWith(".localhost") || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** The host of a `Host` header without port and brackets, lower-case. */
export function hostName(hostHeader: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(hostHeader);
  if (bracketed) return (bracketed[1] ?? "").toLowerCase();
  return hostHeader.replace(/:\d*$/, "").toLowerCase();
}

/**
 * True when a request with this `Host` may be answered. A server that listens on loopback answers loopback names and
 * the allowed ones; one that listens elsewhere is reached by names it can't know, and only checks a list it was given.
 */
export function isHostAllowed(hostHeader: string | undefined, rules: NetworkRules): boolean {
  // HTTP/1.0 and in-process calls have no Host; a browser always sends one.
  if (hostHeader === undefined || hostHeader === "") return true;
  const name = hostName(hostHeader);
  if (rules.allowedHosts.includes("*") || rules.allowedHosts.includes(name)) return true;
  if (isLoopback(rules.listenHost)) return isLoopback(name);
  return rules.allowedHosts.length === 0 || name === rules.listenHost.toLowerCase() || isLoopback(name);
}

/**
 * True when a page of this `Origin` may call the API. No Origin: not a browser, or a page's plain navigation. An origin
 * whose host and port are those of the request is the server's own UI.
 */
export function isOriginAllowed(
  origin: string | undefined,
  hostHeader: string | undefined,
  rules: NetworkRules,
): boolean {
  if (origin === undefined || origin === "") return true;
  if (rules.allowedOrigins.includes("*") || rules.allowedOrigins.includes(origin)) return true;
  const separator = origin.indexOf("://");
  // "null" is what sandboxed frames and local files send.
  if (separator < 0 || hostHeader === undefined) return false;
  return origin.slice(separator + 3).toLowerCase() === hostHeader.toLowerCase();
}

/**
 * Why the server must not listen there, or null. Beyond loopback anybody on the network could drive it, so that takes
 * an auth string, or a clear word that no protection is wanted.
 */
export function listenRefusal(host: string, hasAuthString: boolean, insecure: boolean): string | null {
  if (isLoopback(host) || hasAuthString || insecure) return null;
  return (
    `Refusing to listen on ${host} without authentication: anybody who reaches it could run your flows. ` +
    "Set SLUICE_SERVER_API_AUTH_STRING, or pass --insecure if the network itself is protected."
  );
}
