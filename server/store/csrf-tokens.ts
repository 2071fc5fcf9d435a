import type { CsrfToken, Timestamp } from "@sluice/schemas";

/** Tokens against cross-site requests: one per client id, of no workspace (protocol section 1). */
export interface CsrfTokenReads {
  /** Also when expired: the caller knows the time. */
  readByClient(client: string): Promise<CsrfToken | null>;
}

export interface CsrfTokenWrites {
  /** Inserts, or gives an existing client the new token and expiration (id and created stay). Returns the stored row. */
  put(token: CsrfToken): Promise<CsrfToken>;
  /** Deletes those that expired before `now`; returns how many. */
  deleteExpired(now: Timestamp): Promise<number>;
}
