import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeConnection, reloadSettings } from "@sluice/sdk";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { requestPostgres } from "../../databases/postgres.ts";
import { freePort } from "../../free-port.ts";
import { ended, startProgram } from "./programs.ts";
import { untilFile } from "./programs/background-tasks.ts";

const SLOW = { timeout: 60_000 };
const SERVER = join(import.meta.dirname, "..", "..", "..", "server", "main", "serve.ts");

let home: string;
let children: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sluice-restarts-"));
  vi.stubEnv("SLUICE_HOME", home);
  vi.stubEnv("BACKGROUND_FOLDER", home);
  vi.stubEnv("SLUICE_LOGGING_LEVEL", "CRITICAL");
});
afterEach(async () => {
  await closeConnection();
  await Promise.all(children.map(kill));
  children = [];
  vi.unstubAllEnvs();
  reloadSettings();
  rmSync(home, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}

function start(name: string, ...args: string[]): ChildProcess {
  const child = startProgram(name, ...args);
  children.push(child);
  return child;
}

function calls(): string[] {
  try {
    return readFileSync(join(home, "calls"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

async function startServer(port: number, database: string): Promise<ChildProcess> {
  const args = ["--conditions=source", SERVER, "--port", String(port), "--database", database];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  children.push(child);
  await vi.waitFor(async () => {
    expect((await fetch(`http://127.0.0.1:${port}/api/health`)).ok).toBe(true);
  }, SLOW);
  return child;
}

const postgres = await requestPostgres();
const databases: [string, () => Promise<string>][] = [
  ["SQLite", () => Promise.resolve(`sqlite:${join(home, "sluice.db")}`)],
];
if (postgres) databases.push(["PostgreSQL", async () => (await postgres.createDatabase()).url]);

describe.each(databases)("when the server is killed, with %s", (_, openDatabase) => {
  it("what waits is handed out by the next one, and what runs goes on once", SLOW, async () => {
    const database = await openDatabase();
    const port = await freePort();
    vi.stubEnv("SLUICE_API_URL", `http://127.0.0.1:${port}/api`);
    reloadSettings();
    const server = await startServer(port, database);
    start("serving-tasks", "2");
    const names = ["a", "b", "c", "d", "e"];
    const futures = names.map((name) => untilFile.delay(name));
    const ids = await Promise.all(futures.map((future) => future.created));
    await vi.waitFor(() => expect(calls()).toHaveLength(2), SLOW);
    await kill(server);
    await startServer(port, database);
    for (const name of names) writeFileSync(join(home, name), "");
    expect(await Promise.all(futures)).toEqual(names);
    expect(calls().toSorted()).toEqual(names);
    for (const id of ids) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/task_run_states/?task_run_id=${id}`);
      const states = (await answer.json()) as { name: string }[];
      expect(states.map(({ name }) => name)).toEqual(["Scheduled", "Pending", "Running", "Completed"]);
    }
  });
});

describe("without a server", () => {
  it("one process delays and another one serves, on the same database", SLOW, async () => {
    vi.stubEnv("SLUICE_API_URL", "");
    vi.stubEnv("PREFECT_API_URL", "");
    const delaying = start("embedded-background", "delay");
    start("embedded-background", "serve");
    expect(await ended(delaying)).toMatchObject({ code: 0, stdout: "42\n" });
  });
});
