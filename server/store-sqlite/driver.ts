/**
 * How Kysely reaches SQLite.
 *
 * 1. One connection writes, one transaction at a time: transactions span awaits, so they wait for each other here.
 * 2. A transaction takes the file's write lock when it begins; while another process has it, it tries again.
 * 3. Reads outside of transactions go to a second connection, which sees the last commit. An in-memory database has
 *    one connection only, and such reads wait for the transaction under way.
 */
import {
  type Dialect,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Db } from "../store-sql/dialect.ts";
import type { Database } from "../store-sql/tables.ts";
import { beginImmediate } from "./begin.ts";
import type { SqliteConnection } from "./connection.ts";
import { mapSqliteError } from "./errors.ts";

/** A Kysely instance on a connection that it shares with nobody else, or waits for when `isExclusive`. */
export function kyselyOn(connection: SqliteConnection, options: { readonly isExclusive: boolean }): Db {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(connection, options.isExclusive ? new Turns() : null),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<Database>({ dialect });
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #turns: Turns | null;

  constructor(connection: SqliteConnection, turns: Turns | null) {
    this.#connection = connection;
    this.#turns = turns;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteConnection> {
    await this.#turns?.take();
    return this.#connection;
  }

  releaseConnection(): Promise<void> {
    this.#turns?.pass();
    return Promise.resolve();
  }

  beginTransaction(connection: SqliteConnection): Promise<void> {
    return beginImmediate(connection);
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    try {
      connection.database.exec("COMMIT");
    } catch (error) {
      throw mapSqliteError(error);
    }
  }

  rollbackTransaction(connection: SqliteConnection): Promise<void> {
    // Some errors have already rolled back.
    if (connection.database.isTransaction) connection.database.exec("ROLLBACK");
    return Promise.resolve();
  }

  /** Waits for the transaction under way. */
  async destroy(): Promise<void> {
    await this.#turns?.take();
    this.#connection.close();
    this.#turns?.pass();
  }
}

/** A queue for one connection. */
class Turns {
  #isTaken = false;
  readonly #waiting: (() => void)[] = [];

  take(): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pass(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#isTaken = false;
  }
}
