import { describe, expect, it } from "vitest";
import { temporaryDatabaseFile } from "../../testing/databases/sqlite.ts";
import { StoreVersionError } from "../store/errors.ts";
import { aFlow, WORKSPACE } from "../store/suite/fixtures.ts";
import { storeSuite } from "../store/suite/index.ts";
import { SqliteConnection } from "./connection.ts";
import { IN_MEMORY, openSqliteStore } from "./sqlite-store.ts";

describe("a store on an SQLite file", () => {
  storeSuite(async () => {
    const file = await temporaryDatabaseFile();
    const store = await openSqliteStore(file);
    return {
      store,
      openAnother: () => openSqliteStore(file),
      async [Symbol.asyncDispose]() {
        await store.close();
        await file[Symbol.asyncDispose]();
      },
    };
  });
});

describe("a store in memory", () => {
  it("keeps rows, and lets reads wait for the transaction under way", async () => {
    const store = await openSqliteStore({ path: IN_MEMORY });
    const flow = aFlow();
    const writing = store.transaction((tx) => tx.flows.create(flow));
    expect(await store.reads.flows.read(WORKSPACE, flow.id)).toEqual(flow);
    await writing;
    await store.close();
  });
});

describe("opening an SQLite file", () => {
  it("makes the file's folder, and finds everything again", async () => {
    await using file = await temporaryDatabaseFile();
    const path = file.path.replace("sluice.db", "new/folder/sluice.db");
    const flow = aFlow();
    const first = await openSqliteStore({ path });
    await first.transaction((tx) => tx.flows.create(flow));
    await first.close();
    const second = await openSqliteStore({ path });
    expect(await second.reads.flows.read(WORKSPACE, flow.id)).toEqual(flow);
    await second.close();
  });

  it("lets many processes start on an empty file at once", async () => {
    await using file = await temporaryDatabaseFile();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openSqliteStore(file)));
    expect(await Promise.all(stores.map((store) => store.isHealthy()))).toEqual(stores.map(() => true));
    await Promise.all(stores.map((store) => store.close()));
  });

  it("refuses a file of a newer version and says what to do", async () => {
    await using file = await temporaryDatabaseFile();
    await (await openSqliteStore(file)).close();
    const connection = new SqliteConnection(file.path, { isReadOnly: false });
    connection.database.exec("INSERT INTO sluice_migration (version, name) VALUES (9999, 'from the future')");
    connection.close();
    await expect(openSqliteStore(file)).rejects.toThrow(StoreVersionError);
    await expect(openSqliteStore(file)).rejects.toThrow(/newer Sluice/);
  });

  it("has exactly the columns that queries are written for", async () => {
    const { TABLES } = await import("../store-sql/tables.ts");
    await using file = await temporaryDatabaseFile();
    await (await openSqliteStore(file)).close();
    const connection = new SqliteConnection(file.path, { isReadOnly: true });
    const tables = connection.database
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sluice_migration' ORDER BY name",
      )
      .all()
      .map((row) => String(row["name"]));
    expect(tables).toEqual(Object.keys(TABLES).toSorted());
    for (const [table, columns] of Object.entries(TABLES)) {
      const stored = connection.database
        .prepare(`SELECT name, "notnull", pk FROM pragma_table_info(?)`)
        .all(table);
      expect(
        stored.map((row) => [row["name"], row["notnull"] === 1 || Number(row["pk"]) > 0]),
        table,
      ).toEqual(Object.entries(columns).map(([column, kind]) => [column, !kind.endsWith("?")]));
    }
    connection.close();
  });
});
