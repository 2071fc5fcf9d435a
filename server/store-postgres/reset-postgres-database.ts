import pg from "pg";
import { TABLES } from "../store-sql/tables.ts";
import { mapPostgresError } from "./errors.ts";
import { PostgresMigrationTarget } from "./migration-target.ts";
import { migratePostgresDatabase } from "./postgres-store.ts";

/**
 * Drops Sluice's tables, and nothing else in the database, and makes them anew. Open stores of other processes go on
 * with empty tables.
 *
 * @throws StoreUnavailableError when the database can't be reached
 */
export async function resetPostgresDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "sluice-reset" });
  try {
    await client.connect();
    const tables = [...Object.keys(TABLES), "sluice_migration"].map((name) => `"${name}"`).join(", ");
    await new PostgresMigrationTarget(client).exclusively(() =>
      client.query(`DROP TABLE IF EXISTS ${tables} CASCADE`),
    );
  } catch (error) {
    throw mapPostgresError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
  await migratePostgresDatabase(url);
}
