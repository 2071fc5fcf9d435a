/**
 * One client's way to one server: headers, CSRF, time limits and retries (protocol section 1). Knows nothing of
 * endpoints.
 */
import { API_VERSION, USER_AGENT } from "@sluice/schemas";
import { type ErrorAnswer, errorForAnswer, ServerUnreachable } from "../errors.ts";
import { connectionTrouble, describeTrouble } from "./connection-errors.ts";
import { authorizationHeader, type Credentials } from "./credentials.ts";
import { CsrfGuard } from "./csrf-guard.ts";
import {
  DEFAULT_RETRY_POLICY,
  isRetryableStatus,
  MAINTENANCE_HEADER,
  parseRetryAfter,
  type RetryPolicy,
  retryDelaySeconds,
} from "./retry-policy.ts";
import { isCloudUrl, normalizeApiUrl, PREFECT_CLOUD_API_URL } from "./server-address.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpConnectionOptions extends Credentials {
  /** Root of the API, e.g. `http://127.0.0.1:4200/api`. */
  readonly apiUrl: string;
  /** Headers for every request. `User-Agent` and the CSRF pair can't be replaced. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for one try of a request. Default 60 000. */
  readonly timeoutMs?: number;
  /** What isn't given is as in {@link DEFAULT_RETRY_POLICY}. */
  readonly retry?: Partial<RetryPolicy>;
  /** Whether writes carry a CSRF token where the server wants one. Default: true, except for cloud servers. */
  readonly csrf?: boolean;
  readonly cloudApiUrl?: string;
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Waits between tries; for tests. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** From 0 up to 1; for tests. */
  readonly random?: () => number;
}

export interface HttpRequest {
  readonly method: string;
  /** Path and query under the API's root. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
  /** Beside those that every request carries. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Retries of this request, when other than the connection's. */
  readonly maxRetries?: number;
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const WRITING_METHODS = ["POST", "PUT", "PATCH", "DELETE"];
const PROTECTED_HEADERS = ["user-agent", "prefect-csrf-token", "prefect-csrf-client"];

export class HttpConnection {
  readonly apiUrl: string;
  readonly isCloud: boolean;
  readonly credentials: Credentials;
  /** Headers that every request carries. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #options: HttpConnectionOptions;
  readonly #retry: RetryPolicy;
  readonly #csrf: CsrfGuard;
  readonly #fetch: Fetch;
  /** A first failure to connect is told at once: the address may be wrong. Later ones are waited out. */
  #hasConnected = false;

  constructor(options: HttpConnectionOptions) {
    this.apiUrl = normalizeApiUrl(options.apiUrl);
    this.isCloud = isCloudUrl(this.apiUrl, options.cloudApiUrl ?? PREFECT_CLOUD_API_URL);
    this.credentials = { authString: options.authString ?? null, apiKey: options.apiKey ?? null };
    this.headers = standardHeaders(this.credentials, options.headers ?? {});
    this.#options = options;
    this.#retry = { ...DEFAULT_RETRY_POLICY, ...options.retry };
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
    this.#csrf = new CsrfGuard({
      enabled: options.csrf ?? !this.isCloud,
      requestToken: async (client) =>
        (await this.request({ method: "GET", path: `/csrf-token?client=${client}` })).text,
    });
  }

  /**
   * Sends a request until it has an answer that counts.
   * @throws HttpStatusError for a status of 400 or more, by kind
   * @throws ServerUnreachable when no answer could be had
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    const maxTries = 1 + (request.maxRetries ?? this.#retry.maxRetries);
    const isWrite = WRITING_METHODS.includes(request.method);
    for (let tries = 0; ; ) {
      const csrfHeaders = isWrite ? await this.#csrf.headers() : {};
      const outcome = await this.#try(request, csrfHeaders);
      if (!outcome.maintenance) tries += 1;
      if (outcome.answer && outcome.answer.status < 400) return outcome.answer;
      const staleToken = isWrite && outcome.answer !== null && isStaleToken(outcome.answer);
      if (staleToken) this.#csrf.forget();
      if (!(outcome.retryable || staleToken) || tries >= maxTries)
        throw this.#failure(request, outcome, tries);
      // A fresh token is likely to do, so the first of them is tried without a wait.
      if (staleToken && tries === 1) continue;
      const seconds = retryDelaySeconds(tries, outcome.retryAfterSeconds, this.#retry, this.#random());
      await (this.#options.sleep ?? sleep)(seconds * 1000, request.signal);
    }
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }

  async #try(request: HttpRequest, csrfHeaders: Record<string, string>): Promise<Outcome> {
    const timeout = AbortSignal.timeout(request.timeoutMs ?? this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    try {
      const response = await this.#fetch(this.apiUrl + request.path, {
        method: request.method,
        headers: {
          ...this.headers,
          ...request.headers,
          ...csrfHeaders,
          ...(request.body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
      });
      const answer = { status: response.status, headers: response.headers, text: await response.text() };
      this.#hasConnected = true;
      return {
        answer,
        error: null,
        retryable: isRetryableStatus(answer.status, this.#retry),
        maintenance: answer.headers.get(MAINTENANCE_HEADER) === "true",
        retryAfterSeconds: parseRetryAfter(answer.headers.get("retry-after"), Date.now()),
      };
    } catch (error) {
      if (request.signal?.aborted) throw error;
      const trouble = connectionTrouble(error);
      if (trouble === "other") throw error;
      return {
        answer: null,
        error,
        retryable: trouble === "broken" || this.#hasConnected,
        maintenance: false,
        retryAfterSeconds: null,
      };
    }
  }

  #failure(request: HttpRequest, outcome: Outcome, tries: number): Error {
    const url = this.apiUrl + request.path;
    if (outcome.answer) return errorForAnswer(errorAnswer(request.method, url, outcome));
    const times = tries === 1 ? "" : ` after ${tries} tries`;
    return new ServerUnreachable(
      `${request.method} ${url} got no answer${times}: ${describeTrouble(outcome.error)}. ` +
        "Check that a server runs at that address (`sluice server start`) and that SLUICE_API_URL names it.",
      { cause: outcome.error },
    );
  }
}

/** What one try came to: an answer or an error below HTTP, and whether another try may help. */
interface Outcome {
  readonly answer: HttpAnswer | null;
  readonly error: unknown;
  readonly retryable: boolean;
  readonly maintenance: boolean;
  readonly retryAfterSeconds: number | null;
}

function standardHeaders(
  credentials: Credentials,
  custom: Readonly<Record<string, string>>,
): Record<string, string> {
  const authorization = authorizationHeader(credentials);
  const allowed = Object.entries(custom).filter(([name]) => !PROTECTED_HEADERS.includes(name.toLowerCase()));
  return {
    "User-Agent": USER_AGENT,
    "X-PREFECT-API-VERSION": API_VERSION,
    ...(authorization === null ? {} : { Authorization: authorization }),
    ...Object.fromEntries(allowed),
  };
}

function isStaleToken(answer: HttpAnswer): boolean {
  return answer.status === 403 && answer.text.includes("Invalid CSRF token");
}

function errorAnswer(method: string, url: string, outcome: Outcome): ErrorAnswer {
  const { status = 0, text = "" } = outcome.answer ?? {};
  return { status, method, url, body: parseBody(text), retryAfterSeconds: outcome.retryAfterSeconds };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function abortError(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("The request was aborted", { cause: reason });
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(abortError(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
