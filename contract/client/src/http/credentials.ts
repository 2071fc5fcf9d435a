/** Who a client is. */

export interface Credentials {
  /** `user:password` of a self-hosted server; wins over the key. */
  readonly authString?: string | null;
  readonly apiKey?: string | null;
}

/** The `Authorization` header, or null when there are no credentials. */
export function authorizationHeader({ authString, apiKey }: Credentials): string | null {
  if (authString) return `Basic ${base64(authString)}`;
  return apiKey ? `Bearer ${apiKey}` : null;
}

/** The token of a stream's first frame: the raw auth string or key (protocol section 7.5). */
export function streamToken({ authString, apiKey }: Credentials): string | null {
  return authString || apiKey || null;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
