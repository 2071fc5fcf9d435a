/**
 * The CSRF tokens of one client (protocol section 1, "CSRF"): asked for before the first write, kept until they
 * expire, given up for good when the server says that it knows no such thing.
 */
import { type CsrfTokenResponse, parseTimestamp, timestampToMilliseconds } from "@sluice/schemas";
import { HttpStatusError } from "../errors.ts";

export interface CsrfGuardOptions {
  readonly enabled: boolean;
  /** Asks the server for this client's token; the text of the answer. */
  readonly requestToken: (client: string) => Promise<string>;
}

export class CsrfGuard {
  readonly #client = crypto.randomUUID();
  readonly #requestToken: (client: string) => Promise<string>;
  #enabled: boolean;
  #token: { text: string; expiresAtMs: number } | null = null;
  /** Concurrent first writes share one request. */
  #pending: Promise<void> | null = null;

  constructor(options: CsrfGuardOptions) {
    this.#enabled = options.enabled;
    this.#requestToken = options.requestToken;
  }

  /** The headers that a write needs now; none when the server does without. */
  async headers(): Promise<Record<string, string>> {
    if (this.#enabled && !(this.#token && Date.now() <= this.#token.expiresAtMs)) {
      this.#pending ??= this.#refresh().finally(() => {
        this.#pending = null;
      });
      await this.#pending;
    }
    if (!this.#enabled || !this.#token) return {};
    return { "Prefect-Csrf-Token": this.#token.text, "Prefect-Csrf-Client": this.#client };
  }

  /** The server refused the token. */
  forget(): void {
    this.#token = null;
  }

  async #refresh(): Promise<void> {
    try {
      const answer = JSON.parse(await this.#requestToken(this.#client)) as CsrfTokenResponse; // the contract's 200 body
      const expiration = parseTimestamp(answer.expiration);
      this.#token = {
        text: answer.token,
        expiresAtMs: expiration === null ? Number.POSITIVE_INFINITY : timestampToMilliseconds(expiration),
      };
    } catch (error) {
      if (!isWithoutCsrf(error)) throw error;
      this.#enabled = false;
    }
  }
}

/** Servers that predate CSRF answer 404; those with it switched off say so in a 422. */
function isWithoutCsrf(error: unknown): boolean {
  if (!(error instanceof HttpStatusError)) return false;
  if (error.status === 404) return true;
  return error.status === 422 && JSON.stringify(error.body).includes("CSRF protection is disabled.");
}
