/** PostgreSQL's SQLSTATE codes and the driver's own failures as the store's errors. */
import { StoreConflictError, StoreUnavailableError } from "../store/errors.ts";
import { TransactionConflict } from "../store-sql/dialect.ts";

/** Running the transaction again can help: serialization failure, deadlock, lock not available in time. */
const TRANSACTION_CONFLICTS: ReadonlySet<string> = new Set(["40001", "40P01", "55P03"]);
/** Unique and foreign keys. */
const ROW_CONFLICTS: ReadonlySet<string> = new Set(["23505", "23503"]);
/** Classes of what passes by itself: connection, resources, operator intervention, system. */
const UNAVAILABLE_CLASSES: ReadonlySet<string> = new Set(["08", "53", "57", "58"]);
/** Failures of the socket, as Node names them. */
const UNAVAILABLE_SYSCALLS: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
]);
/** The driver's errors without a code. */
const UNAVAILABLE_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end|not queryable/;

export function mapPostgresError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  if (code !== null && TRANSACTION_CONFLICTS.has(code)) {
    return new TransactionConflict(error.message, { cause: error });
  }
  if (code !== null && ROW_CONFLICTS.has(code)) {
    const constraint =
      "constraint" in error && typeof error.constraint === "string" ? error.constraint : null;
    return new StoreConflictError(`The write conflicts with what is stored: ${error.message}.`, {
      constraint,
      cause: error,
    });
  }
  if (isUnavailable(code, error.message)) {
    return new StoreUnavailableError(`The database can't be reached now: ${error.message}.`, {
      cause: error,
    });
  }
  return error;
}

function isUnavailable(code: string | null, message: string): boolean {
  if (code === null) return UNAVAILABLE_MESSAGE.test(message);
  return UNAVAILABLE_SYSCALLS.has(code) || UNAVAILABLE_CLASSES.has(code.slice(0, 2));
}
