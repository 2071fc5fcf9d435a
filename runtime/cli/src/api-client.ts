/** The client that commands speak through, made from the settings. */
import { type Client, createClient, type Fetch } from "@sluice/client";
import { endpoints } from "@sluice/schemas";
import type { Settings } from "@sluice/sdk/settings";

export type ApiClient = Client<typeof endpoints>;

/** Commands are for people who wait: a server that is away is told at once, not after minutes of trying. */
const MAX_RETRIES = 1;

/** Requests to the embedded server go to no network; the host is only a name. */
const EMBEDDED_API_URL = "http://sluice.embedded/api";

export interface OpenedClient {
  readonly client: ApiClient;
  readonly close: () => Promise<void>;
}

/** A client of the settings' server. Without one: of a server inside this process, on the database in the home folder. */
export async function openApiClient(settings: Settings): Promise<OpenedClient> {
  if (settings.apiUrl !== null) return { client: clientAt(settings.apiUrl, settings), close: async () => {} };
  const { createEmbeddedServer } = await import("@sluice/server");
  const embedded = await createEmbeddedServer({ home: settings.home, servicesEnabled: false });
  return {
    client: clientAt(EMBEDDED_API_URL, settings, embedded.fetch),
    close: () => embedded.close(),
  };
}

/** True when the client's server is inside this process. */
export function isEmbedded(client: ApiClient): boolean {
  return client.apiUrl === EMBEDDED_API_URL;
}

function clientAt(apiUrl: string, settings: Settings, fetch?: Fetch): ApiClient {
  return createClient(endpoints, {
    apiUrl,
    authString: settings.apiAuthString,
    apiKey: settings.apiKey,
    headers: settings.clientCustomHeaders,
    csrf: settings.clientCsrfSupportEnabled,
    cloudApiUrl: settings.cloudApiUrl,
    timeoutMs: settings.apiRequestTimeoutSeconds * 1000,
    retry: { maxRetries: MAX_RETRIES },
    ...(fetch && { fetch }),
  });
}
