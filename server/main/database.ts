/** What an operator does to a database without a server: bring it up to date, empty it. An adapter is loaded only when it is the one. */
import type { MigrationReport } from "../store-sql/migrator.ts";

const SQLITE = "sqlite:";

/** Brings the database of a URL (`sqlite:PATH`, `postgres://…`) to this version's tables. */
export async function upgradeDatabase(url: string): Promise<MigrationReport> {
  if (url.startsWith(SQLITE)) {
    const { migrateSqliteFile } = await import("../store-sqlite/sqlite-store.ts");
    return await migrateSqliteFile(url.slice(SQLITE.length));
  }
  const { migratePostgresDatabase } = await import("../store-postgres/postgres-store.ts");
  return await migratePostgresDatabase(url);
}

/** Deletes everything that Sluice keeps in the database of a URL; its tables are there again, empty. */
export async function resetDatabase(url: string): Promise<void> {
  if (url.startsWith(SQLITE)) {
    const { resetSqliteFile } = await import("../store-sqlite/reset-sqlite-file.ts");
    return await resetSqliteFile(url.slice(SQLITE.length));
  }
  const { resetPostgresDatabase } = await import("../store-postgres/reset-postgres-database.ts");
  return await resetPostgresDatabase(url);
}
