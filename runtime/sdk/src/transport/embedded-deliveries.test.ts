import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { embeddedDeliveries } from "./embedded-deliveries.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import {
  numberedEvent,
  numberedLog,
  numbersOf,
  removeFolder,
  spooledFiles,
  temporaryHome,
  upTo,
} from "./test/transport-kit.ts";
import type { EventBody, LogBody } from "./wire.ts";

/** The server's side of the port: keeps what it is given, and fails on demand. */
class KeepingServer implements EmbeddedServer {
  readonly events = new Map<string, EventBody>();
  readonly logs: LogBody[] = [];
  failures: Error[] = [];
  isStuck = false;
  isClosed = false;

  async fetch(): Promise<Response> {
    return new Response("null");
  }

  async ingestEvents(events: readonly EventBody[]): Promise<void> {
    await turn();
    if (this.isStuck) await new Promise(() => {});
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (events.some(({ event }) => event === "test.7"))
      throw Object.assign(new Error("bad"), { name: "ZodError" });
    JSON.stringify(events);
    for (const event of events) this.events.set(event.id, event);
  }

  async subscribeTaskRuns(): Promise<never> {
    throw new Error("Nobody asks for task runs here.");
  }

  async ingestLogs(logs: readonly LogBody[]): Promise<void> {
    await turn();
    this.logs.push(...logs);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

let home: string;
let server: KeepingServer;
let problems: string[];

beforeEach(() => {
  home = temporaryHome();
  server = new KeepingServer();
  problems = [];
});
afterEach(() => removeFolder(home));

function open(maxBytes = 1_000_000) {
  const report = (problem: string) => problems.push(problem);
  return embeddedDeliveries({ server, home, spoolMaxBytes: maxBytes, report });
}

test("events and logs arrive in order and as the same objects, and closing closes the server", async () => {
  const deliveries = open();
  const events = upTo(6).map(numberedEvent);
  for (const event of events) deliveries.emitEvent(event);
  deliveries.writeLog(numberedLog(0));
  await deliveries.close();
  expect([...server.events.values()].every((event, index) => event === events[index])).toBe(true);
  expect(server.events.size).toBe(6);
  expect(server.logs).toHaveLength(1);
  expect(server.isClosed).toBe(true);
});

test("a failure that passes costs nothing", async () => {
  const deliveries = open();
  server.failures = [new Error("database is busy")];
  for (const number of upTo(5)) deliveries.emitEvent(numberedEvent(number));
  await deliveries.flush();
  expect(numbersOf(server.events.values())).toEqual(upTo(5));
  expect(problems).toEqual([]);
  await deliveries.close();
});

test("events that the server can't have are left out and told of; the others arrive", async () => {
  const deliveries = open();
  for (const number of upTo(10)) deliveries.emitEvent(numberedEvent(number));
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  deliveries.emitEvent({ ...numberedEvent(10), payload: circular });
  deliveries.emitEvent(numberedEvent(11));
  await deliveries.flush();
  expect(numbersOf(server.events.values())).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9, 11]);
  expect(problems).toHaveLength(2);
  await deliveries.close();
});

test("what the server hasn't taken at the end is on disk, and the next process hands it over", async () => {
  server.isStuck = true;
  const deliveries = open();
  for (const number of [0, 1, 2]) deliveries.emitEvent(numberedEvent(number));
  await deliveries.close({ timeoutMs: 50 });
  expect(spooledFiles(home)).toHaveLength(1);
  server.isStuck = false;
  const later = open();
  later.emitEvent(numberedEvent(3));
  await later.flush();
  await vi.waitFor(() => expect(server.events.size).toBe(4));
  expect(numbersOf(server.events.values()).filter((number) => number < 3)).toEqual([0, 1, 2]);
  await later.close();
  expect(spooledFiles(home)).toEqual([]);
});
