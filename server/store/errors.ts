/** What a store throws. Each says whether trying again can help; the API maps it to a status. */

/** The database can't answer now (busy, restarting, connection lost). Trying again later can help: HTTP 503. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
  readonly retryable = true;
}

/** The write breaks a unique or foreign key: something with that name or key exists, or what it points to does not. HTTP 409. */
export class StoreConflictError extends Error {
  override readonly name = "StoreConflictError";
  readonly retryable = false;
  /** The constraint or the columns that were violated, as the database names them. */
  readonly constraint: string | null;

  constructor(message: string, options: { constraint: string | null; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.constraint = options.constraint;
  }
}

/** The database was written by a newer Sluice than this one, which doesn't know its tables. */
export class StoreVersionError extends Error {
  override readonly name = "StoreVersionError";
  readonly retryable = false;
}

/** A flow-run graph has more nodes than a client can be given (protocol section 9.8). HTTP 400. */
export class GraphTooLargeError extends Error {
  override readonly name = "GraphTooLargeError";
  readonly retryable = false;
}
