/** Chooses and opens the way to a server by the settings. */
import { createClient, type Fetch } from "@sluice/client";
import { endpoints } from "@sluice/schemas";
import type { Settings } from "../settings.ts";
import type { ApiClient } from "./api-client.ts";
import { ClientTransport } from "./client-transport.ts";
import { embeddedDeliveries } from "./embedded-deliveries.ts";
import { EMBEDDED_API_URL, embeddedServerFactory } from "./embedded-server.ts";
import { httpDeliveries } from "./http-deliveries.ts";

export interface OpenTransportOptions {
  /** Tells people about a problem with events and logs. Default: a line on standard error. */
  readonly report?: (problem: string) => void;
}

/** There is no API URL, and no server to run in this process. */
export class NoServerConfigured extends Error {
  override readonly name = "NoServerConfigured";
}

/**
 * A transport to the server at `SLUICE_API_URL`, or to one inside this process when that is unset. An HTTP server
 * isn't asked anything yet: that it is away shows at the first request.
 * @throws NoServerConfigured
 */
export async function openTransport(
  settings: Settings,
  options: OpenTransportOptions = {},
): Promise<ClientTransport> {
  const report = options.report ?? reportToStandardError;
  if (settings.apiUrl === null) return openEmbeddedTransport(settings, report);
  const client = createApiClient(settings, settings.apiUrl);
  const deliveries = httpDeliveries({
    connection: client.connection,
    home: settings.home,
    spoolMaxBytes: settings.spoolMaxBytes,
    report,
  });
  const uiUrl = settings.uiUrl ?? defaultUiUrl(settings.apiUrl, client.connection.isCloud);
  return new ClientTransport({ kind: "http", apiUrl: client.apiUrl, uiUrl }, client, deliveries);
}

/** A client of the API with everything that the settings say about requests. */
export function createApiClient(settings: Settings, apiUrl: string, fetch?: Fetch): ApiClient {
  return createClient(endpoints, {
    apiUrl,
    authString: settings.apiAuthString,
    apiKey: settings.apiKey,
    cloudApiUrl: settings.cloudApiUrl,
    headers: settings.clientCustomHeaders,
    timeoutMs: settings.apiRequestTimeoutSeconds * 1000,
    retry: {
      maxRetries: settings.clientMaxRetries,
      jitterFactor: settings.clientRetryJitterFactor,
      extraStatuses: settings.clientRetryExtraCodes,
    },
    ...(settings.clientCsrfSupportEnabled && !fetch ? {} : { csrf: false }),
    ...(fetch ? { fetch } : {}),
  });
}

async function openEmbeddedTransport(
  settings: Settings,
  report: (problem: string) => void,
): Promise<ClientTransport> {
  const createServer = embeddedServerFactory();
  if (!createServer) {
    throw new NoServerConfigured(
      "There is no server to report runs to. Set SLUICE_API_URL to the address of one " +
        "(e.g. http://127.0.0.1:4200/api), or install the package `sluice` and import flows and tasks from it: " +
        "it brings a server that runs inside this process.",
    );
  }
  const server = await createServer({ home: settings.home });
  const client = createApiClient(settings, EMBEDDED_API_URL, server.fetch);
  const { home, spoolMaxBytes } = settings;
  const deliveries = embeddedDeliveries({ server, home, spoolMaxBytes, report });
  return new ClientTransport({ kind: "embedded", apiUrl: null, uiUrl: null }, client, deliveries, server);
}

/** Sluice and Prefect serve their UI next to the API; a cloud API's UI is on another host. */
function defaultUiUrl(apiUrl: string, isCloud: boolean): string | null {
  if (isCloud) return apiUrl.replace("https://api.", "https://app.").replace(/\/api(?=\/|$)/, "");
  return apiUrl.endsWith("/api") ? apiUrl.slice(0, -"/api".length) : null;
}

function reportToStandardError(problem: string): void {
  process.stderr.write(`sluice: ${problem}\n`);
}
