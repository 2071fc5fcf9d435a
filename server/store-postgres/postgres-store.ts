import pg from "pg";
import { type MigrationReport, migrate } from "../store-sql/migrator.ts";
import { SqlStore } from "../store-sql/sql-store.ts";
import { postgresDialect } from "./dialect.ts";
import { createPool, kyselyOn } from "./driver.ts";
import { mapPostgresError } from "./errors.ts";
import { PostgresMigrationTarget } from "./migration-target.ts";
import { migrations } from "./migrations/index.ts";
import { PostgresSignals } from "./signals.ts";

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`; what is left out comes from libpq's environment variables. */
  readonly url: string;
  /** The most connections at once, signals not counted; 12 when absent. */
  readonly connections?: number;
}

const DEFAULT_CONNECTIONS = 12;

/**
 * Connects, brings the database up to date and returns the store. Any number of processes may share a database.
 *
 * @throws StoreVersionError when the database is newer than this Sluice
 * @throws StoreUnavailableError when it can't be reached
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<SqlStore> {
  const { url, connections = DEFAULT_CONNECTIONS } = options;
  await migratePostgresDatabase(url);
  const pool = createPool({ url, connections });
  const db = kyselyOn(pool);
  const signals = new PostgresSignals(pool, url);
  return new SqlStore({
    dialect: postgresDialect,
    writer: db,
    reader: db,
    signals,
    onClose: async () => {
      await signals.close();
      // Kysely closes only what it has used.
      if (!pool.ending) await pool.end();
    },
  });
}

/** Brings the database up to date. */
export async function migratePostgresDatabase(url: string): Promise<MigrationReport> {
  const client = new pg.Client({ connectionString: url, application_name: "sluice-migration" });
  try {
    await client.connect();
    return await migrate(new PostgresMigrationTarget(client), migrations);
  } catch (error) {
    throw mapPostgresError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
