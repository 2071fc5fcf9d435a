/** Who a server is (protocol section 1, "Version and health probes"). */
import { SLUICE_VERSION_HEADER } from "@sluice/schemas";
import { IncompatibleServer, UnexpectedAnswer } from "./errors.ts";
import type { HttpConnection } from "./http/http-connection.ts";
import { parseJson, shorten } from "./http/parse-json.ts";

/** What a server says about itself. */
export interface ServerInfo {
  /** The Prefect release that it behaves like; null for cloud servers, which aren't asked. */
  readonly prefectVersion: string | null;
  /** The release of Sluice, or null when it is another server. */
  readonly sluiceVersion: string | null;
}

export interface ServerInfoOptions {
  readonly maxRetries?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Only servers of this major version speak the contract. */
const SUPPORTED_MAJOR = 3;

/**
 * Asks the server who it is. Cloud servers aren't asked.
 * @throws IncompatibleServer when its major version isn't ours, UnexpectedAnswer when it doesn't speak the contract,
 * HttpStatusError, ServerUnreachable
 */
export async function readServerInfo(
  connection: HttpConnection,
  options: ServerInfoOptions = {},
): Promise<ServerInfo> {
  if (connection.isCloud) return { prefectVersion: null, sluiceVersion: null };
  const url = `${connection.apiUrl}/admin/version`;
  const answer = await connection.request({ method: "GET", path: "/admin/version", ...options });
  const version = parseJson(answer.text, url);
  if (typeof version !== "string" || !/^\d+\.\d+/.test(version)) {
    throw new UnexpectedAnswer(
      `${url} answered ${shorten(answer.text)} instead of a version. ` +
        "Check that SLUICE_API_URL ends in /api and that a Sluice or Prefect server answers there.",
    );
  }
  if (Number.parseInt(version, 10) !== SUPPORTED_MAJOR) {
    throw new IncompatibleServer(
      `The server at ${connection.apiUrl} speaks version ${version}, this client version ${SUPPORTED_MAJOR}. ` +
        "Use a server and a client of the same major version.",
    );
  }
  return { prefectVersion: version, sluiceVersion: answer.headers.get(SLUICE_VERSION_HEADER) };
}
