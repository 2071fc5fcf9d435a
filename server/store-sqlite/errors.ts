/** SQLite's result codes as the store's errors. */
import { StoreConflictError, StoreUnavailableError } from "../store/errors.ts";

/** Primary result codes (the low byte of an extended one), as sqlite.org/rescode.html numbers them. */
const ResultCode = { BUSY: 5, LOCKED: 6, IOERR: 10, FULL: 13, CANTOPEN: 14, CONSTRAINT: 19 } as const;

const UNAVAILABLE: ReadonlySet<number> = new Set([
  ResultCode.BUSY,
  ResultCode.LOCKED,
  ResultCode.IOERR,
  ResultCode.FULL,
  ResultCode.CANTOPEN,
]);

/** Extended codes of constraints whose violation is a conflict with other rows, not a fault of ours. */
const CONFLICTS: ReadonlySet<number> = new Set([
  787, // FOREIGN KEY
  1555, // PRIMARY KEY
  2067, // UNIQUE
]);

export function mapSqliteError(error: unknown): unknown {
  const code = resultCode(error);
  if (code === null || !(error instanceof Error)) return error;
  if (CONFLICTS.has(code)) {
    const constraint = /constraint failed: (.+)$/.exec(error.message)?.[1] ?? null;
    return new StoreConflictError(`The write conflicts with what is stored: ${error.message}.`, {
      constraint,
      cause: error,
    });
  }
  if (UNAVAILABLE.has(primaryCode(code))) {
    return new StoreUnavailableError(`The database file can't be used now: ${error.message}.`, {
      cause: error,
    });
  }
  return error;
}

/** True while another process holds the write lock. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code !== null && primaryCode(code) === ResultCode.BUSY;
}

function resultCode(error: unknown): number | null {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode
    : null;
}

function primaryCode(code: number): number {
  return code & 0xff;
}
