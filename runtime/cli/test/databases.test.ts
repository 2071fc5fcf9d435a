import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "@sluice/client";
import { endpoints } from "@sluice/schemas";
import { createEmbeddedServer } from "@sluice/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requestPostgres } from "../../../testing/databases/postgres.ts";
import { Shell } from "./run-sluice.ts";

type ApiClient = Client<typeof endpoints>;

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => shell.remove());

/** Calls `body` with a client of a server inside this process, on `database`. */
async function onDatabase<R>(database: string, body: (client: ApiClient) => Promise<R>): Promise<R> {
  const server = await createEmbeddedServer({ database }, { SLUICE_HOME: shell.home });
  try {
    return await body(createClient(endpoints, { apiUrl: "http://sluice.embedded/api", fetch: server.fetch }));
  } finally {
    await server.close();
  }
}

const postgres = await requestPostgres();

const DATABASES = [
  {
    name: "SQLite",
    isMissing: false,
    make: async () => ({
      url: `sqlite:${join(shell.home, "other.db")}`,
      [Symbol.asyncDispose]: async () => {},
    }),
  },
  { name: "PostgreSQL", isMissing: postgres === null, make: async () => await required().createDatabase() },
];

function required() {
  if (!postgres) throw new Error("PostgreSQL is missing");
  return postgres;
}

for (const { isMissing, make, name } of DATABASES) {
  describe.skipIf(isMissing)(`sluice database on ${name}`, () => {
    it("upgrade makes the tables once", async () => {
      await using database = await make();
      const first = await shell.run("database", "upgrade", "--database", database.url);
      expect(first).toMatchObject({ code: 0, stdout: "" });
      expect(first.stderr).toMatch(/is up to date now; applied: initial/);
      const second = await shell.run("database", "upgrade", "--database", database.url);
      expect(second.stderr).toMatch(/is up to date\.\n$/);
    });

    it("reset deletes everything, and leaves a database that can be used", async () => {
      await using database = await make();
      await onDatabase(database.url, async ({ operations }) => {
        const flow = await operations.createFlow({ body: { name: "gone" } });
        await operations.createFlowRun({ body: { flow_id: flow.id, state: { type: "SCHEDULED" } } });
      });
      const { code, stderr } = await shell.run("database", "reset", "--yes", "--database", database.url);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/ is empty\.\n$/) });
      await onDatabase(database.url, async ({ operations }) => {
        expect(await operations.countFlows()).toBe(0);
        expect(await operations.countFlowRuns()).toBe(0);
        expect((await operations.createFlow({ body: { name: "next" } })).name).toBe("next");
      });
    });

    it("reset deletes nothing when nobody has said yes", async () => {
      await using database = await make();
      await onDatabase(database.url, ({ operations }) => operations.createFlow({ body: { name: "kept" } }));
      const { code, stderr } = await shell.run("database", "reset", "--database", database.url);
      expect(code).toBe(1);
      expect(stderr).toContain("Say that you mean it with --yes.");
      expect(await onDatabase(database.url, ({ operations }) => operations.countFlows())).toBe(1);
    });
  });
}

it("sluice server database is the same as sluice database", async () => {
  expect((await shell.run("server", "database", "upgrade")).code).toBe(0);
  expect(existsSync(join(shell.home, "sluice.db"))).toBe(true);
});

it("a database that can't be used is named", async () => {
  const { code, stderr } = await shell.run("database", "upgrade", "--database", "mysql://x");
  expect(code).toBe(1);
  expect(stderr).toContain("sqlite:PATH or postgres://");
});

it("a password in the address is not shown", async () => {
  const { stderr } = await shell.run(
    "database",
    "reset",
    "--database",
    "postgres://me:hunter2@127.0.0.1:1/x",
  );
  expect(stderr).toContain("postgres://me:********@127.0.0.1:1/x");
  expect(stderr).not.toContain("hunter2");
});
