import { StoreUnavailableError } from "../store/errors.ts";
import type { SqliteConnection } from "./connection.ts";
import { isBusy, mapSqliteError } from "./errors.ts";

/** How long a transaction tries to begin while other processes write. */
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 20;

/**
 * Begins a transaction that holds the file's write lock. While another process has it, tries again without blocking
 * this thread.
 *
 * @throws StoreUnavailableError when the lock doesn't come free in ten seconds
 */
export async function beginImmediate(connection: SqliteConnection): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      connection.database.exec("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      if (!isBusy(error)) throw mapSqliteError(error);
      if (performance.now() > deadline) {
        throw new StoreUnavailableError(
          `Another process has been writing to the database for ${PATIENCE_MS / 1000} s.`,
          { cause: error },
        );
      }
    }
    // Uneven pauses, so that two processes don't keep meeting.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
  }
}
