import type pg from "pg";
import type { Migration, MigrationTarget } from "../store-sql/migrator.ts";

/** Any number that nobody else in the database uses. */
const MIGRATION_LOCK = 7_531_884_100;

/** Migrations in a PostgreSQL database: an advisory lock of the session keeps other processes out. */
export class PostgresMigrationTarget implements MigrationTarget {
  readonly #client: pg.ClientBase;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    await this.#client.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    try {
      return await work();
    } finally {
      await this.#client.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`);
    }
  }

  async applied(): Promise<string[]> {
    await this.#client.query(`CREATE TABLE IF NOT EXISTS sluice_migration (
      version integer PRIMARY KEY, name text NOT NULL, applied timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await this.#client.query<{ name: string }>(
      "SELECT name FROM sluice_migration ORDER BY version",
    );
    return rows.map((row) => row.name);
  }

  async apply(version: number, migration: Migration): Promise<void> {
    try {
      await this.#client.query("BEGIN");
      await this.#client.query(migration.sql);
      await this.#client.query("INSERT INTO sluice_migration (version, name) VALUES ($1, $2)", [
        version,
        migration.name,
      ]);
      await this.#client.query("COMMIT");
    } catch (error) {
      await this.#client.query("ROLLBACK");
      throw error;
    }
  }
}
