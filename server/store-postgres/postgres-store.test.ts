import pg from "pg";
import { describe, expect, it } from "vitest";
import { requestPostgres } from "../../testing/databases/postgres.ts";
import { StoreUnavailableError, StoreVersionError } from "../store/errors.ts";
import { aFlow, WORKSPACE } from "../store/suite/fixtures.ts";
import { storeSuite } from "../store/suite/index.ts";
import { baseKind, TABLES } from "../store-sql/tables.ts";
import { openPostgresStore } from "./postgres-store.ts";

const postgres = await requestPostgres();

async function newDatabase() {
  if (postgres === null) throw new Error("There is no PostgreSQL; these tests are skipped then.");
  return postgres.createDatabase();
}

describe.skipIf(postgres === null)("a store on PostgreSQL", () => {
  storeSuite(async () => {
    const database = await newDatabase();
    const store = await openPostgresStore(database);
    return {
      store,
      openAnother: () => openPostgresStore(database),
      async [Symbol.asyncDispose]() {
        await store.close();
        await database[Symbol.asyncDispose]();
      },
    };
  });
});

describe.skipIf(postgres === null)("opening a PostgreSQL database", () => {
  it("lets many processes start on an empty database at once", async () => {
    await using database = await newDatabase();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore(database)));
    expect(await Promise.all(stores.map((store) => store.isHealthy()))).toEqual(stores.map(() => true));
    await Promise.all(stores.map((store) => store.close()));
  });

  it("refuses a database of a newer version and says what to do", async () => {
    await using database = await newDatabase();
    await (await openPostgresStore(database)).close();
    await query(
      database.url,
      "INSERT INTO sluice_migration (version, name) VALUES (9999, 'from the future')",
    );
    await expect(openPostgresStore(database)).rejects.toThrow(StoreVersionError);
    await expect(openPostgresStore(database)).rejects.toThrow(/newer Sluice/);
  });

  it("says so when the database can't be reached", async () => {
    const url = "postgres://nobody@127.0.0.1:1/nothing";
    await expect(openPostgresStore({ url })).rejects.toThrow(StoreUnavailableError);
  });

  it("goes on after its connections were cut", async () => {
    await using database = await newDatabase();
    const store = await openPostgresStore(database);
    const flow = aFlow();
    await store.transaction((tx) => tx.flows.create(flow));
    await query(
      database.url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'sluice%' AND datname = current_database()",
    );
    const read = async () => store.reads.flows.read(WORKSPACE, flow.id);
    await expect.poll(() => read().catch(() => null)).toEqual(flow);
    await store.close();
  });

  it("sends signals to other processes", async () => {
    await using database = await newDatabase();
    const [sender, receiver] = await Promise.all([openPostgresStore(database), openPostgresStore(database)]);
    const heard: string[] = [];
    const stop = await receiver.signals.listen(
      "news",
      (message) => heard.push(message),
      () => undefined,
    );
    await sender.signals.send("other", "not this");
    await sender.signals.send("news", "héllo");
    await expect.poll(() => heard).toEqual(["héllo"]);
    await stop();
    await Promise.all([sender.close(), receiver.close()]);
  });

  it("says when signals may have been missed", async () => {
    await using database = await newDatabase();
    const store = await openPostgresStore(database);
    const heard: string[] = [];
    let reconnects = 0;
    await store.signals.listen(
      "news",
      (message) => heard.push(message),
      () => {
        reconnects += 1;
      },
    );
    await query(
      database.url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice-signals' AND datname = current_database()",
    );
    await expect.poll(() => reconnects).toBe(1);
    await store.signals.send("news", "again");
    await expect.poll(() => heard).toEqual(["again"]);
    await store.close();
  });

  it("has exactly the columns that queries are written for", async () => {
    await using database = await newDatabase();
    await (await openPostgresStore(database)).close();
    const rows = await query(
      database.url,
      `SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name <> 'sluice_migration' ORDER BY table_name, ordinal_position`,
    );
    const stored = Map.groupBy(rows, (row) => String(row["table_name"]));
    expect([...stored.keys()].toSorted()).toEqual(Object.keys(TABLES).toSorted());
    for (const [table, columns] of Object.entries(TABLES)) {
      expect(
        stored.get(table)?.map((row) => [row["column_name"], row["data_type"], row["is_nullable"] === "YES"]),
        table,
      ).toEqual(
        Object.entries(columns).map(([column, kind]) => {
          const base = baseKind(kind);
          const type = { serial: "bigint", real: "double precision" }[base as string] ?? base;
          return [column, type, kind.endsWith("?")];
        }),
      );
    }
  });
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
