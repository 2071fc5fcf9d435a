import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Deliveries } from "./client-transport.ts";
import {
  numberedEvent,
  numberedLog,
  numbersOf,
  openDeliveries,
  removeFolder,
  spooledFiles,
  temporaryHome,
  upTo,
} from "./test/transport-kit.ts";
import { UnreliableServer, type UnreliableServerOptions } from "./test/unreliable-server.ts";

let home: string;
let server: UnreliableServer;
const opened: Deliveries[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  home = temporaryHome();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(opened.splice(0).map((deliveries) => deliveries.close({ timeoutMs: 100 })));
  await server.goAway();
  removeFolder(home);
});

/** Retries and forked programs take their time on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

function waitFor<Result>(condition: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(condition, { timeout: 60_000 });
}

async function startServer(options?: UnreliableServerOptions) {
  server = await new UnreliableServer(options).listen();
}

function open() {
  const made = openDeliveries(server.apiUrl, home);
  opened.push(made.deliveries);
  return made;
}

function emit(deliveries: Deliveries, from: number, to: number) {
  for (let number = from; number < to; number += 1) deliveries.emitEvent(numberedEvent(number));
}

function arrived() {
  return numbersOf(server.events.values());
}

function runProgram(count: number, ending: string): ChildProcess {
  const child = fork(
    join(import.meta.dirname, "test/emit-forever.ts"),
    [server.apiUrl, String(count), ending],
    {
      execArgv: ["--conditions=source"],
      env: { ...process.env, SLUICE_HOME: home },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    },
  );
  children.push(child);
  return child;
}

describe.each([
  ["a Sluice server", true],
  ["another server", false],
])("events to %s", (_, isSluice) => {
  test("arrive once and in order, and flush waits for their confirmation", async () => {
    await startServer({ isSluice });
    const { deliveries } = open();
    emit(deliveries, 0, 2000);
    await deliveries.flush();
    expect(arrived()).toEqual(upTo(2000));
    expect(server.arrivals).toBe(2000);
    expect(server.frames.length === 2000).toBe(!isSluice);
  });

  test("survive connections that are cut in the middle", async () => {
    await startServer({ isSluice });
    const { deliveries } = open();
    let sent = 0;
    for (const cut of [1, 150, 700, 701]) {
      server.cutAfter(cut);
      emit(deliveries, sent, sent + 1000);
      sent += 1000;
      const before = server.connections;
      await waitFor(() => expect(server.connections).toBeGreaterThan(before));
    }
    await deliveries.flush();
    expect(arrived()).toEqual(upTo(sent));
  });
});

describe("while the server is away", () => {
  test("events and logs wait on disk and arrive in order when it is back", async () => {
    await startServer();
    const { deliveries, problems } = open();
    await server.goAway();
    emit(deliveries, 0, 500);
    for (const number of upTo(500)) deliveries.writeLog(numberedLog(number));
    await deliveries.flush();
    emit(deliveries, 500, 1000);
    expect(spooledFiles(home).length).toBeGreaterThan(0);
    expect(problems.some((problem) => problem.includes("takes no events"))).toBe(true);
    await server.listen();
    await waitFor(async () => {
      await deliveries.flush();
      expect(arrived()).toEqual(upTo(1000));
    });
    expect(server.logs.map((log) => Number(log.message))).toEqual(upTo(500));
    await deliveries.close();
    expect(spooledFiles(home)).toEqual([]);
  });

  test("what is unconfirmed when it goes comes before what is emitted later", async () => {
    await startServer();
    const { deliveries } = open();
    server.mute = true;
    emit(deliveries, 0, 100);
    await waitFor(() => expect(server.events.size).toBe(100));
    await server.goAway();
    server.events.clear();
    emit(deliveries, 100, 200);
    await deliveries.flush();
    emit(deliveries, 200, 300);
    server.mute = false;
    await server.listen();
    await deliveries.flush();
    await waitFor(() => expect(arrived()).toEqual(upTo(300)));
  });

  test("flush gives up waiting after its time limit, and everything is on disk", async () => {
    await startServer();
    server.mute = true;
    const { deliveries } = open();
    emit(deliveries, 0, 10);
    await deliveries.flush({ timeoutMs: 200 });
    expect(spooledFiles(home)).toHaveLength(1);
    server.mute = false;
    await waitFor(() => expect(spooledFiles(home)).toEqual([]));
    expect(arrived()).toEqual(upTo(10));
  });
});

describe("what a process leaves behind", () => {
  test("is sent by a later process, also after kill -9", async () => {
    await startServer();
    await server.goAway();
    const child = runProgram(3000, "flush");
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "exit");
    await server.listen();
    const { deliveries } = open();
    deliveries.emitEvent({ ...numberedEvent(3000) });
    await waitFor(() => expect(server.events.size).toBe(3001));
    await waitFor(() => expect(server.logs).toHaveLength(3000));
    // The new process's own event needn't wait for the old ones.
    expect(arrived().filter((number) => number < 3000)).toEqual(upTo(3000));
    expect(server.logs.map((log) => Number(log.message))).toEqual(upTo(3000));
    await waitFor(() => expect(spooledFiles(home)).toEqual([]));
  });

  test("is sent once when several later processes find it", async () => {
    await startServer();
    await server.goAway();
    const child = runProgram(3000, "flush");
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "exit");
    await server.listen();
    const later = [runProgram(1, "return"), runProgram(1, "return"), runProgram(1, "return")];
    await Promise.all(later.map((process) => once(process, "exit")));
    // A short process may end before it has sent all: what it didn't send is found by the next.
    const { deliveries } = open();
    deliveries.emitEvent(numberedEvent(0));
    await deliveries.flush();
    await waitFor(() => expect(spooledFiles(home)).toEqual([]));
    expect(server.logs.map((log) => Number(log.message)).filter((number) => number > 0)).toEqual(
      upTo(3000).slice(1),
    );
    expect(server.events.size).toBe(3004);
  });

  test("is nothing when the program just ends: it stays until all has arrived", async () => {
    await startServer();
    const [code] = await once(runProgram(500, "return"), "exit");
    expect(code).toBe(0);
    expect(arrived()).toEqual(upTo(500));
    expect(server.logs).toHaveLength(500);
    expect(spooledFiles(home)).toEqual([]);
  });

  test.each([
    ["throw", 1],
    ["exit", 3],
  ])("is kept when the program ends at once, by %s", async (ending, exitCode) => {
    await startServer();
    const [code] = await once(runProgram(500, ending), "exit");
    expect(code).toBe(exitCode);
    const { deliveries } = open();
    deliveries.emitEvent(numberedEvent(500));
    await waitFor(() => expect(server.events.size).toBe(501));
    await waitFor(() => expect(server.logs).toHaveLength(500));
  });
});

describe("what a server won't have", () => {
  test("an event on which it hangs up is left out and told of; all others arrive in order", async () => {
    await startServer({ isPoison: (event) => event.event === "test.700" });
    const { deliveries, problems } = open();
    emit(deliveries, 0, 1000);
    await deliveries.flush();
    expect(arrived()).toEqual(upTo(1000).filter((number) => number !== 700));
    expect(problems).toEqual([expect.stringContaining("test.700")]);
  });

  test("a log line for which a batch is refused is left out and told of", async () => {
    await startServer({ isBadLog: (log) => log.message === "42" });
    const { deliveries, problems } = open();
    for (const number of upTo(100)) deliveries.writeLog(numberedLog(number));
    await deliveries.flush();
    expect(server.logs.map((log) => Number(log.message))).toEqual(
      upTo(100).filter((number) => number !== 42),
    );
    expect(problems).toHaveLength(1);
  });

  test("values that aren't JSON are left out and told of, and emitting doesn't throw", async () => {
    await startServer();
    const { deliveries, problems } = open();
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    deliveries.emitEvent({ ...numberedEvent(0), payload: circular });
    deliveries.emitEvent({ ...numberedEvent(1), payload: { big: "x".repeat(2_000_000) } });
    deliveries.emitEvent(numberedEvent(2));
    await deliveries.flush();
    expect(arrived()).toEqual([2]);
    expect(problems).toEqual([
      expect.stringContaining("isn't JSON"),
      expect.stringContaining("1500000 are allowed"),
    ]);
  });
});

test("a log batch whose answer is lost is sent again, and a Sluice server keeps each line once", async () => {
  await startServer();
  const { deliveries } = open();
  server.unansweredLogBatches = 2;
  for (const number of upTo(50)) deliveries.writeLog(numberedLog(number));
  await waitFor(async () => {
    await deliveries.flush();
    expect(spooledFiles(home)).toEqual([]);
  });
  expect(server.logs.map((log) => Number(log.message))).toEqual(upTo(50));
});

test("other servers get log lines without ids, of which they know nothing", async () => {
  await startServer({ isSluice: false });
  const { deliveries } = open();
  deliveries.writeLog(numberedLog(0));
  await deliveries.flush();
  expect(server.logs).toEqual([{ ...numberedLog(0), timestamp: expect.any(String) as string }]);
});

test("log batches that fail for a while are sent again, each line once and in order", async () => {
  await startServer();
  const { deliveries } = open();
  server.nextStatuses.push(503, 503, 429);
  for (const number of upTo(50)) deliveries.writeLog(numberedLog(number));
  await waitFor(async () => {
    await deliveries.flush();
    expect(server.logs.map((log) => Number(log.message))).toEqual(upTo(50));
  });
});

test("a flood that memory can't hold goes over the disk, and arrives in order", async () => {
  await startServer();
  const { deliveries, problems } = open();
  emit(deliveries, 0, 80_000);
  expect(spooledFiles(home).length).toBeGreaterThan(0);
  await deliveries.flush({ timeoutMs: 60_000 });
  expect(arrived()).toEqual(upTo(80_000));
  expect(spooledFiles(home)).toEqual([]);
  emit(deliveries, 80_000, 80_010);
  await deliveries.flush();
  expect(spooledFiles(home)).toEqual([]);
  expect(arrived().slice(-10)).toEqual(upTo(80_010).slice(-10));
  expect(problems).toEqual([]);
});

test("a full disk budget loses the newest records, says so once, and keeps the others", async () => {
  await startServer();
  await server.goAway();
  const { deliveries, problems } = openDeliveries(server.apiUrl, home, 20_000);
  opened.push(deliveries);
  emit(deliveries, 0, 1);
  await deliveries.flush();
  emit(deliveries, 1, 5000);
  await deliveries.flush();
  expect(problems.filter((problem) => problem.includes("LOST"))).toHaveLength(1);
  await server.listen();
  await waitFor(() => expect(spooledFiles(home)).toEqual([]));
  expect(arrived()).toEqual(upTo(server.events.size));
  expect(server.events.size).toBeGreaterThan(0);
  expect(server.events.size).toBeLessThan(5000);
});
