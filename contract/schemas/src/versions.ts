/** Versions that travel with requests and answers, and decide behaviour on the other side (protocol section 1). */

/** Sluice's own version. */
export const SLUICE_VERSION = "0.1.0";

/** The version of the wire protocol: header `X-PREFECT-API-VERSION`, body of `GET /version`. */
export const API_VERSION = "0.8.4";

/**
 * The Prefect release whose client and server Sluice behaves like: body of `GET /admin/version` and the version in
 * {@link USER_AGENT}. Servers switch to legacy behaviour for clients below 3.4.11.
 */
export const PREFECT_VERSION = "3.8.8";

/** The exact shape servers parse a client's version from; anything else counts as "version unknown". */
export const USER_AGENT = `prefect/${PREFECT_VERSION} (API ${API_VERSION})`;

/** Response header by which a client knows that it talks to a Sluice server; its value is {@link SLUICE_VERSION}. */
export const SLUICE_VERSION_HEADER = "x-sluice-version";

/**
 * Fences the executions of a flow run: the server answers proposals with the number of the attempt that holds the run
 * in this header, and refuses writes that state an older one. Stock clients send none and are not fenced.
 */
export const ATTEMPT_HEADER = "x-sluice-attempt";
