/**
 * What was acknowledged is kept: a server is killed without warning while clients stream events, again and again; after
 * each restart every event that a pong or a 204 stood for is there, and events that are sent again are there once.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { taskRunEvent, type WireEvent, wireEvent } from "../../server/events/fixtures/sample-events.ts";
import { requestPostgres } from "../databases/postgres.ts";
import type { ServerProcess } from "../servers/processes.ts";
import { startSluiceServer } from "../servers/sluice-server.ts";

const ROUNDS = 3;
const SOCKETS = 3;
const EVENTS_PER_PING = 40;
const EVENTS_PER_REQUEST = 20;

/** What clients have sent, and what the server has acknowledged. */
class Ledger {
  readonly sent: WireEvent[] = [];
  readonly acknowledged = new Set<string>();
}

const postgres = await requestPostgres();

describe.each(postgres ? ["SQLite", "PostgreSQL"] : ["SQLite"])("events on %s", (kind) => {
  it("survive kill -9 once they are acknowledged", { timeout: 120_000 }, async () => {
    const home = await mkdtemp(path.join(tmpdir(), "sluice-kill-"));
    const database = kind === "PostgreSQL" && postgres ? await postgres.createDatabase() : null;
    const start = () =>
      startSluiceServer({ home, database: database?.url ?? `sqlite:${path.join(home, "sluice.db")}` });
    const ledger = new Ledger();
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const server = await start();
        const enough = ledger.acknowledged.size + 500 + Math.floor(Math.random() * 2000);
        const streams = [
          ...Array.from({ length: SOCKETS }, () => streamOverSocket(server.url, ledger)),
          streamOverHttp(server.url, ledger),
        ];
        await expect
          .poll(() => ledger.acknowledged.size, { timeout: 30_000, interval: 1 })
          .toBeGreaterThan(enough);
        await killWithoutWarning(server);
        await Promise.all(streams);
      }
      const server = await start();
      try {
        expect(await missing(server.url, [...ledger.acknowledged])).toEqual([]);
        await sendAgain(server.url, ledger.sent);
        expect(await countEvents(server.url)).toBe(ledger.sent.length);
        expect(await countTaskRuns(server.url)).toBe(ledger.sent.filter(tellsOfTaskRun).length);
      } finally {
        await server.stop();
      }
    } finally {
      await database?.[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    }
  });
});

/** Sends until the connection ends; a pong acknowledges what was sent before its ping. */
async function streamOverSocket(url: string, ledger: Ledger): Promise<void> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/events/in`, "prefect");
  socket.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await once(socket, "open");
  socket.send('{"type":"auth","token":null}');
  await once(socket, "message");
  const mine: string[] = [];
  socket.on("pong", (data) => {
    for (const id of mine.slice(0, Number(data.toString()))) ledger.acknowledged.add(id);
  });
  while (socket.readyState === WebSocket.OPEN) {
    for (const event of newEvents(EVENTS_PER_PING)) {
      ledger.sent.push(event);
      mine.push(event.id);
      socket.send(JSON.stringify(event));
    }
    socket.ping(String(mine.length));
    await new Promise(setImmediate);
    while (socket.bufferedAmount > 100_000) await delay(1);
  }
  await ended;
}

async function streamOverHttp(url: string, ledger: Ledger): Promise<void> {
  for (;;) {
    const events = newEvents(EVENTS_PER_REQUEST);
    ledger.sent.push(...events);
    const status = await post(`${url}/events`, events).then(
      (answer) => answer.status,
      () => null,
    );
    if (status === null) return;
    expect(status).toBe(204);
    for (const { id } of events) ledger.acknowledged.add(id);
  }
}

/** Every fourth tells of a task run of its own. */
function newEvents(count: number): WireEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const event = wireEvent();
    return index % 4 === 0 ? taskRunEvent(event.id, "Running", { id: event.id }) : event;
  });
}

function tellsOfTaskRun({ event }: WireEvent): boolean {
  return event.startsWith("prefect.task-run");
}

async function killWithoutWarning(server: ServerProcess): Promise<void> {
  process.kill(-server.pid, "SIGKILL");
  await server.stop();
}

async function sendAgain(url: string, events: readonly WireEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += 500) {
    expect((await post(`${url}/events`, events.slice(start, start + 500))).status).toBe(204);
  }
}

/** The ids of which the server knows no event. */
async function missing(url: string, ids: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (let start = 0; start < ids.length; start += 50) {
    const wanted = ids.slice(start, start + 50);
    const { events } = await filterEvents(url, { id: { id: wanted } });
    const found = new Set(events.map(({ id }) => id));
    lost.push(...wanted.filter((id) => !found.has(id)));
  }
  return lost;
}

async function countEvents(url: string): Promise<number> {
  const name = ["sample.happened", "prefect.task-run.Running"];
  return (await filterEvents(url, { event: { name } })).total;
}

async function countTaskRuns(url: string): Promise<number> {
  // The contract answers a bare number.
  return (await (await post(`${url}/task_runs/count`, {})).json()) as number;
}

async function filterEvents(
  url: string,
  filter: object,
): Promise<{ events: { id: string }[]; total: number }> {
  const answer = await post(`${url}/events/filter`, { filter });
  expect(answer.status).toBe(200);
  // The contract's page of events.
  return (await answer.json()) as { events: { id: string }[]; total: number };
}

function post(url: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}
