/** Addresses of a server's API. */
import { ClientError } from "../errors.ts";

export const PREFECT_CLOUD_API_URL = "https://api.prefect.cloud/api";

/** The API's root without trailing slashes. @throws ClientError when it is no http(s) URL */
export function normalizeApiUrl(apiUrl: string): string {
  if (!URL.canParse(apiUrl) || !/^https?:/i.test(apiUrl)) {
    throw new ClientError(
      `The API URL ${JSON.stringify(apiUrl)} can't be used: expected the root of an API such as http://127.0.0.1:4200/api.`,
    );
  }
  return apiUrl.replace(/\/+$/, "");
}

/** Cloud servers know no CSRF, and their versions aren't compared (protocol section 1, "Server type"). */
export function isCloudUrl(apiUrl: string, cloudApiUrl: string = PREFECT_CLOUD_API_URL): boolean {
  return apiUrl.startsWith(cloudApiUrl);
}

/** The same place for WebSockets: `ws` for `http`, `wss` for `https`. */
export function socketUrl(apiUrl: string, path: string): string {
  return `${apiUrl.replace(/^http/i, "ws")}${path}`;
}

/** Fills the `{name}` placeholders of a path and appends the query. */
export function buildPath(
  path: string,
  params: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === null || value === "") {
      throw new ClientError(
        `The path ${path} needs a value for "${name}", but got ${JSON.stringify(value)}.`,
      );
    }
    return encodeURIComponent(String(value));
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) search.append(name, String(item));
    }
  }
  const text = search.toString();
  return text === "" ? filled : `${filled}?${text}`;
}
