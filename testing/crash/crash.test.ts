/** Acknowledged means kept: a server under load is killed at random moments and has to stand by every receipt. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { requestPostgres } from "../databases/postgres.ts";
import { keepBusy } from "./client.ts";
import { MortalServer } from "./mortal-server.ts";
import { Receipts } from "./receipts.ts";
import { findMissing, NOTHING_MISSING } from "./verify.ts";

const CLIENTS = 8;
const KILLS = 5;
/** Load before each kill: some of this, at random, so that kills hit every phase. */
const SHORTEST_LOAD_MS = 150;
const LONGEST_LOAD_MS = 900;
const TIMEOUT_MS = 240_000;

const postgres = await requestPostgres();

describe("a server that is killed again and again", () => {
  test("keeps on SQLite all that it acknowledged", { timeout: TIMEOUT_MS }, async () => {
    await using home = await temporaryFolder();
    await using server = await MortalServer.start(`sqlite:${join(home.path, "sluice.db")}`, home.path);
    const receipts = await killUnderLoad(server);
    expect(receipts.count).toBeGreaterThan(CLIENTS * KILLS);
    expect(await findMissing(server.url, receipts)).toEqual(NOTHING_MISSING);
  });

  test.skipIf(postgres === null)(
    "keeps on PostgreSQL all that it acknowledged",
    { timeout: TIMEOUT_MS },
    async () => {
      if (postgres === null) throw new Error("Skipped without PostgreSQL.");
      await using home = await temporaryFolder();
      await using database = await postgres.createDatabase();
      await using server = await MortalServer.start(database.url, home.path);
      const receipts = await killUnderLoad(server);
      expect(receipts.count).toBeGreaterThan(CLIENTS * KILLS);
      expect(await findMissing(server.url, receipts)).toEqual(NOTHING_MISSING);
    },
  );
});

async function killUnderLoad(server: MortalServer): Promise<Receipts> {
  const receipts = new Receipts();
  const end = new AbortController();
  const flowId = await createFlow(server.url);
  const load = { receipts, flowId, scheduled: [], signal: end.signal, url: () => server.url };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, number) => keepBusy(load, number)));
  clients.catch(() => undefined); // told when awaited
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(SHORTEST_LOAD_MS + Math.random() * (LONGEST_LOAD_MS - SHORTEST_LOAD_MS));
    await server.kill();
    await server.restart();
  }
  end.abort();
  await clients;
  return receipts;
}

async function createFlow(url: string): Promise<string> {
  const response = await fetch(`${url}/flows/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "crash-test" }),
  });
  return ((await response.json()) as { readonly id: string }).id; // our own server's answer
}

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "sluice-crash-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
