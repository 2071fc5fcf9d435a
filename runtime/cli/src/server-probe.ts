/** Asks a server how it does. */
import { createClient, describeTrouble, type ServerInfo } from "@sluice/client";

export type ServerHealth =
  | { readonly isHealthy: true; readonly info: ServerInfo }
  | { readonly isHealthy: false; readonly reason: string };

const TIMEOUT_MS = 3000;

/** One question, one answer; never throws. */
export async function probeServer(apiUrl: string): Promise<ServerHealth> {
  const client = createClient({}, { apiUrl, timeoutMs: TIMEOUT_MS, retry: { maxRetries: 0 } });
  try {
    await client.connection.request({ method: "GET", path: "/health", maxRetries: 0 });
    // Behind an auth string the version is not for everyone; the server is up all the same.
    const info = await client.readServerInfo().catch(() => ({ prefectVersion: null, sluiceVersion: null }));
    return { isHealthy: true, info };
  } catch (error) {
    return { isHealthy: false, reason: describeTrouble(error) };
  }
}

/** One line for people. */
export async function describeServer(apiUrl: string): Promise<string> {
  const health = await probeServer(apiUrl);
  return health.isHealthy
    ? `A server answers at ${apiUrl}.`
    : `No server answers at ${apiUrl}: ${health.reason}`;
}
