import { sql } from "kysely";
import { StoreUnavailableError } from "../store/errors.ts";
import { NO_SIGNALS, type StoreSignals } from "../store/signals.ts";
import type { Store, StoreReads, StoreTransaction } from "../store/store.ts";
import { type Db, type SqlDialect, TransactionConflict } from "./dialect.ts";
import { portsOf } from "./ports.ts";

export interface SqlStoreOptions {
  readonly dialect: SqlDialect;
  /** Runs transactions. */
  readonly writer: Db;
  /** Runs reads outside of transactions; may be the writer. */
  readonly reader: Db;
  readonly signals?: StoreSignals;
  /** Called once when the store closes, after the connections are closed. */
  readonly onClose?: () => Promise<void>;
}

/** How often a transaction runs that loses against others, before the caller is told to come back later. */
const MAXIMUM_ATTEMPTS = 8;
const FIRST_RETRY_DELAY_MS = 2;

/** A {@link Store} over Kysely; what differs between databases comes with the options. */
export class SqlStore implements Store {
  readonly reads: StoreReads;
  readonly signals: StoreSignals;
  readonly #options: SqlStoreOptions;
  #closing: Promise<void> | undefined;

  constructor(options: SqlStoreOptions) {
    this.#options = options;
    this.reads = portsOf({ db: options.reader, dialect: options.dialect });
    this.signals = options.signals ?? NO_SIGNALS;
  }

  async transaction<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    const { writer, dialect } = this.#options;
    if (this.#closing) throw new StoreUnavailableError("The store is closed.");
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await writer.transaction().execute((db) => work(portsOf({ db, dialect })));
      } catch (error) {
        if (!(error instanceof TransactionConflict)) throw error;
        if (attempt >= MAXIMUM_ATTEMPTS) {
          throw new StoreUnavailableError(
            `A transaction lost against others ${attempt} times in a row; try again later.`,
            { cause: error },
          );
        }
      }
      await pause(Math.random() * FIRST_RETRY_DELAY_MS * 2 ** attempt);
    }
  }

  async isHealthy(): Promise<boolean> {
    if (this.#closing) return false;
    try {
      await sql`SELECT 1`.execute(this.#options.reader);
      return true;
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { writer, reader, onClose } = this.#options;
    // The writer goes last: the last connection to an SQLite file merges the log into it.
    if (reader !== writer) await reader.destroy();
    await writer.destroy();
    await onClose?.();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
