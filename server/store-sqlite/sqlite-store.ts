import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type MigrationReport, migrate } from "../store-sql/migrator.ts";
import { SqlStore } from "../store-sql/sql-store.ts";
import { SqliteConnection } from "./connection.ts";
import { sqliteDialect } from "./dialect.ts";
import { kyselyOn } from "./driver.ts";
import { migrations } from "./migrations/index.ts";
import { SqliteMigrationTarget } from "./migration-target.ts";

/** The path of a database that lives and dies with its store. */
export const IN_MEMORY = ":memory:";

/**
 * Opens the database file (made when missing, with its folder), brings it up to date and returns the store. Several
 * processes may have one file open.
 *
 * With {@link IN_MEMORY} there is one connection: reads outside of a transaction wait for the one under way, so a
 * transaction must not await them.
 *
 * @throws StoreVersionError when the file is newer than this Sluice
 * @throws StoreUnavailableError when it can't be opened
 */
export async function openSqliteStore({ path }: { readonly path: string }): Promise<SqlStore> {
  const connection = connect(path);
  try {
    await migrate(new SqliteMigrationTarget(connection), migrations);
  } catch (error) {
    connection.close();
    throw error;
  }
  const isFile = path !== IN_MEMORY;
  const readConnection = isFile ? new SqliteConnection(path, { isReadOnly: true }) : connection;
  const writer = kyselyOn(connection, { isExclusive: true });
  const reader = isFile ? kyselyOn(readConnection, { isExclusive: false }) : writer;
  return new SqlStore({
    dialect: sqliteDialect,
    writer,
    reader,
    // Kysely closes only what it has used.
    onClose: () => {
      readConnection.close();
      connection.close();
      return Promise.resolve();
    },
  });
}

/** Brings the file up to date and closes it. */
export async function migrateSqliteFile(path: string): Promise<MigrationReport> {
  const connection = connect(path);
  try {
    return await migrate(new SqliteMigrationTarget(connection), migrations);
  } finally {
    connection.close();
  }
}

function connect(path: string): SqliteConnection {
  if (path !== IN_MEMORY) mkdirSync(dirname(resolve(path)), { recursive: true });
  return new SqliteConnection(path, { isReadOnly: false });
}
