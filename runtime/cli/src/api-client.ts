/** The client that commands speak through, made from the settings. */
import { type Client, createClient } from "@sluice/client";
import { endpoints } from "@sluice/schemas";
import type { Settings } from "@sluice/sdk/settings";

export type ApiClient = Client<typeof endpoints>;

/** Commands are for people who wait: a server that is away is told at once, not after minutes of trying. */
const MAX_RETRIES = 1;

export interface OpenedClient {
  readonly client: ApiClient;
  readonly close: () => Promise<void>;
}

/** A client of the settings' server. Without one: of the embedded server, on the database in the home folder. */
export async function openApiClient(settings: Settings): Promise<OpenedClient> {
  if (settings.apiUrl !== null) return { client: clientAt(settings.apiUrl, settings), close: async () => {} };
  const { openEmbeddedServer } = await import("@sluice/server");
  const embedded = await openEmbeddedServer({ home: settings.home });
  return { client: clientAt(embedded.apiUrl, settings), close: () => embedded.close() };
}

function clientAt(apiUrl: string, settings: Settings): ApiClient {
  return createClient(endpoints, {
    apiUrl,
    authString: settings.apiAuthString,
    apiKey: settings.apiKey,
    headers: settings.clientCustomHeaders,
    csrf: settings.clientCsrfSupportEnabled,
    cloudApiUrl: settings.cloudApiUrl,
    timeoutMs: settings.apiRequestTimeoutSeconds * 1000,
    retry: { maxRetries: MAX_RETRIES },
  });
}
