import type { Migration, MigrationTarget } from "../store-sql/migrator.ts";
import { beginImmediate } from "./begin.ts";
import type { SqliteConnection } from "./connection.ts";

/** Migrations in an SQLite file: the write lock of one transaction keeps other processes out. */
export class SqliteMigrationTarget implements MigrationTarget {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const { database } = this.#connection;
    await beginImmediate(this.#connection);
    try {
      const result = await work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }

  applied(): Promise<string[]> {
    const { database } = this.#connection;
    database.exec(`CREATE TABLE IF NOT EXISTS sluice_migration (
      version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)`);
    const rows = database.prepare("SELECT name FROM sluice_migration ORDER BY version").all();
    return Promise.resolve(rows.map((row) => String(row["name"])));
  }

  apply(version: number, migration: Migration): Promise<void> {
    const { database } = this.#connection;
    database.exec(migration.sql);
    database
      .prepare("INSERT INTO sluice_migration (version, name) VALUES (?, ?)")
      .run(version, migration.name);
    return Promise.resolve();
  }
}
