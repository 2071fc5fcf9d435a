/** Tells apart the ways in which `fetch` can fail below HTTP. */

/**
 * - `refused`: no connection could be made: nothing listens, the name is unknown, the network is unreachable.
 * - `broken`: a connection broke, or took too long.
 * - `other`: not about the network at all.
 */
export type ConnectionTrouble = "refused" | "broken" | "other";

const REFUSED_CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "ENOENT",
]);

const BROKEN_CODES = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CLOSED",
]);

/** Looks through the causes of an error that `fetch`, or the reading of its body, threw. */
export function connectionTrouble(error: unknown): ConnectionTrouble {
  if (!(error instanceof Error)) return "other";
  if (error.name === "TimeoutError") return "broken";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (REFUSED_CODES.has(code)) return "refused";
  // Answers that are not HTTP, as a connection that broke half-way gives, are errors of the parser.
  if (BROKEN_CODES.has(code) || error.name === "HTTPParserError") return "broken";
  if (error instanceof AggregateError) return worst(error.errors.map(connectionTrouble));
  const cause = error.cause === undefined ? "other" : connectionTrouble(error.cause);
  if (cause !== "other") return cause;
  // Browsers tell nothing but "TypeError" when a request could not be made; in Node it is a certificate, for example.
  return error instanceof TypeError && isFetchFailure(error.message) ? "refused" : "other";
}

/** A short text for people: `connect ECONNREFUSED 127.0.0.1:4200` rather than `fetch failed`. */
export function describeTrouble(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return describeTrouble(error.errors[0]);
  return error.cause === undefined ? error.message : describeTrouble(error.cause);
}

function worst(troubles: ConnectionTrouble[]): ConnectionTrouble {
  if (troubles.includes("broken")) return "broken";
  return troubles.includes("refused") ? "refused" : "other";
}

function isFetchFailure(message: string): boolean {
  return /fetch|network|load failed/i.test(message);
}
