import { migrate } from "../store-sql/migrator.ts";
import { SqliteConnection } from "./connection.ts";
import { migrations } from "./migrations/index.ts";
import { SqliteMigrationTarget } from "./migration-target.ts";

/**
 * Drops every table of the file and makes them anew, all or nothing. Open stores of other processes go on with empty
 * tables.
 */
export async function resetSqliteFile(path: string): Promise<void> {
  const connection = new SqliteConnection(path, { isReadOnly: false });
  try {
    const { database } = connection;
    // Tables are dropped in any order; the switch has no effect inside of a transaction.
    database.exec("PRAGMA foreign_keys = OFF");
    const target = new SqliteMigrationTarget(connection);
    await target.exclusively(() => {
      for (const name of tableNames(connection)) database.exec(`DROP TABLE IF EXISTS "${name}"`);
      return Promise.resolve();
    });
    database.exec("PRAGMA foreign_keys = ON");
    await migrate(target, migrations);
  } finally {
    connection.close();
  }
}

function tableNames({ database }: SqliteConnection): string[] {
  const rows = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'")
    .all();
  return rows.map((row) => String(row["name"]));
}
