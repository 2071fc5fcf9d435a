/** Events and logs of a program reach our server whole, each once, however often the server is killed meanwhile. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { newId } from "@sluice/schemas";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { resolveSettings } from "../../runtime/sdk/src/settings.ts";
import type { ClientTransport } from "../../runtime/sdk/src/transport/client-transport.ts";
import { openTransport } from "../../runtime/sdk/src/transport/open-transport.ts";

const SERVE = join(import.meta.dirname, "..", "..", "server", "main", "serve.ts");
const EVENTS = 6000;
const LOGS = 1500;
/** Numbers of the events at which the server is killed, and started again. */
const KILL_AT = [1000, 2500, 4000];
const START_AT = [1003, 3000, 5500];

let home: string;
let port: number;
let server: ChildProcess | null = null;
let transport: ClientTransport;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "sluice-deliveries-"));
  port = await freePort();
  const settings = resolveSettings({ env: { SLUICE_HOME: home }, workingFolder: home });
  const apiUrl = `http://127.0.0.1:${port}/api`;
  transport = await openTransport({ ...settings, apiUrl }, { report: () => {} });
});

afterEach(async () => {
  await transport.close({ timeoutMs: 1000 });
  await killServer();
  rmSync(home, { recursive: true, force: true });
});

test("while the server is killed again and again", { timeout: 180_000 }, async () => {
  await startServer();
  const flow = await transport.createFlow({ name: "deliveries" });
  const run = await transport.createFlowRun({ flow_id: flow.id });
  for (let number = 0; number < EVENTS; number += 1) {
    transport.emitEvent({
      id: newId(),
      occurred: new Date().toISOString(),
      event: "test.delivered",
      resource: { "prefect.resource.id": "test" },
      related: [],
      payload: { number },
    });
    if (number % (EVENTS / LOGS) === 0) {
      const timestamp = new Date(Date.UTC(2026, 0, 1) + number).toISOString();
      transport.writeLog({
        name: "test",
        level: 20,
        message: String(number),
        timestamp,
        flow_run_id: run.id,
      });
    }
    // Lets what was handed over get under way.
    if (number % 20 === 0) await turn();
    if (KILL_AT.includes(number)) await killServer();
    if (START_AT.includes(number)) await startServer();
  }
  await vi.waitFor(
    async () => {
      await transport.flush();
      expect(await countEvents()).toBe(EVENTS);
      expect(await readLogNumbers(run.id)).toHaveLength(LOGS);
    },
    { timeout: 60_000, interval: 200 },
  );
  const numbers = await readLogNumbers(run.id);
  expect(numbers).toEqual(Array.from({ length: LOGS }, (_, index) => (index * EVENTS) / LOGS));
});

async function countEvents(): Promise<number> {
  const response = await fetch(`${transport.client.apiUrl}/events/count-by/event`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ filter: { event: { name: ["test.delivered"] } } }),
  });
  const [row] = (await response.json()) as { count: number }[]; // the contract's 200 body
  return row?.count ?? 0;
}

async function readLogNumbers(flowRunId: string): Promise<number[]> {
  const numbers: number[] = [];
  for (let offset = 0; ; offset += 200) {
    const page = await transport.client.operations.readLogs({
      body: { logs: { flow_run_id: { any_: [flowRunId] } }, sort: "TIMESTAMP_ASC", limit: 200, offset },
    });
    numbers.push(...page.map(({ message }) => Number(message)));
    if (page.length < 200) return numbers;
  }
}

async function startServer(): Promise<void> {
  const args = [
    "--conditions=source",
    SERVE,
    "--port",
    String(port),
    "--database",
    `sqlite:${join(home, "db")}`,
  ];
  server = spawn(process.execPath, args, {
    env: { ...process.env, SLUICE_HOME: home, SLUICE_LOGGING_LEVEL: "error" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/api/health`)).ok).toBe(true), {
    timeout: 60_000,
    interval: 20,
  });
}

async function killServer(): Promise<void> {
  const dying = server;
  server = null;
  if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
  const gone = once(dying, "exit");
  dying.kill("SIGKILL");
  await gone;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
