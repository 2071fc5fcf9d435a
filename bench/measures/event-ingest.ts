/**
 * Event ingest, from the first byte sent until the last event can be read back: over one WebSocket as a stock client sends
 * (one event a frame) and over HTTP in batches.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Pool } from "undici";
import { WebSocket } from "ws";

const BATCH = 200;
const HTTP_CONNECTIONS = 4;
/** Frames in the socket's own buffer past which the generator waits, so that it measures the server and not its memory. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
const PERSISTED_DEADLINE_MS = 120_000;

export interface IngestFigures {
  readonly eventsPerSecond: number;
}

export async function measureSocketIngest(apiUrl: string, count: number): Promise<IngestFigures> {
  const name = `bench.socket.${randomUUID()}`;
  const frames = makeEvents(name, count).map((event) => JSON.stringify(event));
  const socket = new WebSocket(`${apiUrl.replace("http", "ws")}/events/in`, "prefect");
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "auth", token: null }));
  await once(socket, "message");
  const startedAt = performance.now();
  for (const frame of frames) {
    socket.send(frame);
    if (socket.bufferedAmount > SOCKET_BUFFER_BYTES) await drained(socket);
  }
  await untilPersisted(apiUrl, name, count);
  const figures = { eventsPerSecond: count / ((performance.now() - startedAt) / 1000) };
  socket.close();
  await once(socket, "close");
  return figures;
}

export async function measureHttpIngest(apiUrl: string, count: number): Promise<IngestFigures> {
  const name = `bench.http.${randomUUID()}`;
  const events = makeEvents(name, count);
  const bodies: string[] = [];
  for (let at = 0; at < events.length; at += BATCH) bodies.push(JSON.stringify(events.slice(at, at + BATCH)));
  const { origin, pathname } = new URL(apiUrl);
  const pool = new Pool(origin, { connections: HTTP_CONNECTIONS, pipelining: 1 });
  const startedAt = performance.now();
  await Promise.all(
    bodies.map(async (body) => {
      const { statusCode, body: answer } = await pool.request({
        path: `${pathname}/events`,
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      await answer.dump();
      if (statusCode !== 204) throw new Error(`POST /events answered ${statusCode}`);
    }),
  );
  await untilPersisted(apiUrl, name, count);
  const figures = { eventsPerSecond: count / ((performance.now() - startedAt) / 1000) };
  await pool.close();
  return figures;
}

function makeEvents(name: string, count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    occurred: new Date().toISOString(),
    event: name,
    resource: {
      "prefect.resource.id": `bench.thing.${index % 1000}`,
      "prefect.resource.name": `thing ${index % 1000}`,
    },
    related: [{ "prefect.resource.id": `bench.owner.${index % 50}`, "prefect.resource.role": "owner" }],
    payload: { index, note: "a payload of ordinary size, as an application would send it along" },
    follows: null,
  }));
}

async function drained(socket: WebSocket): Promise<void> {
  while (socket.bufferedAmount > SOCKET_BUFFER_BYTES / 2)
    await new Promise((resolve) => setTimeout(resolve, 1));
}

async function untilPersisted(apiUrl: string, name: string, count: number): Promise<void> {
  const deadline = performance.now() + PERSISTED_DEADLINE_MS;
  let total = 0;
  while (performance.now() < deadline) {
    const answer = await fetch(`${apiUrl}/events/filter`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ filter: { event: { name: [name] } }, limit: 1 }),
    });
    if (answer.ok) {
      ({ total } = (await answer.json()) as { total: number });
      if (total >= count) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `only ${total} of ${count} events could be read back within ${PERSISTED_DEADLINE_MS / 1000} s`,
  );
}
