import type { Id, Timestamp } from "@sluice/schemas";

/** A browser's or client's token against cross-site requests: one per client id (protocol section 1). Of no workspace. */
export interface CsrfToken {
  readonly id: Id<"csrf-token">;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly token: string;
  readonly client: string;
  readonly expiration: Timestamp;
}

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
