import type { LogResponse, ReceivedEventResponse } from "@sluice/schemas";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { ServerUnreachable, StreamRefused } from "../errors.ts";
import { HttpConnection } from "../http/http-connection.ts";
import { StreamServer } from "../test/stream-server.ts";
import { subscribeEvents } from "./subscribe-events.ts";
import { subscribeLogs } from "./subscribe-logs.ts";

const NOON = Date.parse("2026-08-01T12:00:00Z");
let server: StreamServer;

beforeEach(async () => {
  server = await new StreamServer().listen();
});
afterEach(() => server.close());

function connect(credentials: { authString?: string } = {}) {
  return new HttpConnection({ apiUrl: server.apiUrl, ...credentials });
}

/** An event that happened so many seconds after noon. */
function event(id: number): ReceivedEventResponse {
  const occurred = new Date(NOON + id * 1000).toISOString();
  const resource = { "prefect.resource.id": "x" };
  return {
    id: String(id),
    occurred,
    event: "e",
    resource,
    related: [],
    payload: {},
    follows: null,
    received: occurred,
  };
}

function log(id: number): LogResponse {
  const timestamp = new Date(NOON + id * 1000).toISOString();
  const rest = { created: null, updated: null, name: "l", level: 20, flow_run_id: null, task_run_id: null };
  return { id: String(id), timestamp, message: String(id), ...rest };
}

function send(socket: WebSocket, type: "event" | "log", items: { id: string }[]) {
  for (const item of items) socket.send(JSON.stringify({ type, [type]: item }));
}

async function take<Item extends { id: string }>(
  items: AsyncGenerator<Item>,
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of items) {
    ids.push(item.id);
    if (ids.length === count) break;
  }
  return ids;
}

describe("a subscription", () => {
  test("names itself with the raw auth string, and asks for its filter from a minute ago on", async () => {
    server.onFilter = (socket) => send(socket, "event", [event(1)]);
    const since = new Date(NOON);
    await take(subscribeEvents(connect({ authString: "a:b" }), { event: { prefix: ["e"] } }, { since }), 1);
    expect(server.received[0]).toEqual([
      { type: "auth", token: "a:b" },
      {
        type: "filter",
        filter: {
          event: { prefix: ["e"] },
          occurred: { since: "2026-08-01T12:00:00Z", until: expect.any(String) as string },
        },
      },
    ]);
  });

  test("goes on after the connection broke, from a minute before the last event, without repeating any", async () => {
    server.onFilter = (socket, connection) => {
      if (connection === 0) {
        send(socket, "event", [event(100), event(101)]);
        socket.send("{}", () => socket.terminate());
      } else send(socket, "event", [event(100), event(101), event(102), event(103)]);
    };
    const events = subscribeEvents(connect(), {}, { since: new Date(NOON) });
    expect(await take(events, 4)).toEqual(["100", "101", "102", "103"]);
    expect(server.received[1]?.[1]).toMatchObject({
      filter: { occurred: { since: "2026-08-01T12:00:41Z" } },
    });
  });

  test("closes its socket when the caller has had enough", async () => {
    server.onFilter = (socket) => send(socket, "event", [event(1), event(2)]);
    await take(subscribeEvents(connect()), 1);
    await vi.waitFor(() => expect(server.openSockets).toBe(0));
  });

  test("ends when its signal aborts, also while it waits", async () => {
    const controller = new AbortController();
    const onConnected = () => setImmediate(() => controller.abort());
    expect(await take(subscribeEvents(connect(), {}, { signal: controller.signal, onConnected }), 1)).toEqual(
      [],
    );
    await vi.waitFor(() => expect(server.openSockets).toBe(0));
  });

  test("with wrong credentials is refused with the server's reason", async () => {
    server.handshake = 1008;
    await expect(take(subscribeEvents(connect()), 1)).rejects.toThrow(/refused the stream .*1008: because/);
    await expect(take(subscribeEvents(connect()), 1)).rejects.toThrow(StreamRefused);
  });

  test("to nothing fails at once", async () => {
    await server.close();
    await expect(take(subscribeEvents(connect()), 1)).rejects.toThrow(ServerUnreachable);
    await server.listen();
  });

  test("tells of disconnections, and gives up after as many reconnections as it may", async () => {
    const troubles: string[] = [];
    server.onFilter = (socket) => {
      server.handshake = 1013;
      socket.terminate();
    };
    const options = { maxReconnects: 2, onDisconnected: (error: Error) => troubles.push(error.message) };
    await expect(take(subscribeEvents(connect(), {}, options), 1)).rejects.toThrow(ServerUnreachable);
    expect(troubles).toHaveLength(2);
  });
});

describe("a subscription to logs", () => {
  test("fills the gap of a broken connection from what is stored, page by page", async () => {
    const page = Array.from({ length: 200 }, (_, index) => log(101 + index));
    server.logPages.push(page, [log(301)]);
    server.onFilter = (socket, connection) => {
      if (connection > 0) return send(socket, "log", [log(301), log(302)]);
      send(socket, "log", [log(100), log(101)]);
      socket.send("{}", () => socket.terminate());
    };
    const ids = await take(subscribeLogs(connect(), { level: { ge_: 20 } }), 203);
    expect(ids).toEqual(Array.from({ length: 203 }, (_, index) => String(100 + index)));
    expect(server.logQueries.map(({ offset }) => offset)).toEqual([0, 200]);
    expect(server.logQueries[0]?.logs).toMatchObject({
      level: { ge_: 20 },
      timestamp: { after_: expect.any(String) as string },
    });
  });
});
