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
  /** The most connections at once, half of them for transactions, signals not counted; 16 when absent. */
  readonly connections?: number;
}

const DEFAULT_CONNECTIONS = 16;

/**
 * Transactions look rows up by key, so one plan serves every value: making a new one costs more than running it. A plan
 * that was made while a table was small would read the whole of it, and stay until the statistics are made anew; so
 * they may not choose such a plan.
 */
const WRITER_SETUP = [
  "SET plan_cache_mode = force_generic_plan",
  "SET enable_seqscan = off",
  "SET enable_hashjoin = off",
  "SET enable_mergejoin = off",
].join("; ");

/**
 * Connects, brings the database up to date and returns the store. Any number of processes may share a database.
 *
 * @throws StoreVersionError when the database is newer than this Sluice
 * @throws StoreUnavailableError when it can't be reached
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<SqlStore> {
  const { url, connections = DEFAULT_CONNECTIONS } = options;
  await migratePostgresDatabase(url);
  const pools = {
    writer: createPool({ url, connections: Math.ceil(connections / 2), setup: WRITER_SETUP }),
    reader: createPool({ url, connections: Math.ceil(connections / 2) }),
  };
  const signals = new PostgresSignals(pools.reader, url);
  return new SqlStore({
    dialect: postgresDialect,
    writer: kyselyOn(pools.writer),
    reader: kyselyOn(pools.reader),
    signals,
    onClose: async () => {
      await signals.close();
      // Kysely closes only what it has used.
      for (const pool of Object.values(pools)) if (!pool.ending) await pool.end();
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
