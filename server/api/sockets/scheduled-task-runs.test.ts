import { newId } from "@sluice/schemas";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { requestPostgres } from "../../../testing/databases/postgres.ts";
import { temporaryDatabaseFile } from "../../../testing/databases/sqlite.ts";
import { type Api, startApi } from "../routes/fixtures/api.ts";
import { TestSocket } from "./fixtures/socket-client.ts";

const TASK = "greet-0a1b2c3d";
/** A worker's connection that nobody renews holds its runs for 2 seconds. */
const HOLD = { timeout: 15_000 };

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
});

interface Delivered {
  readonly id: string;
  readonly state: { readonly type: string; readonly name: string; readonly state_details: object };
}

function open(to = api): Promise<TestSocket> {
  const url = `${to.url.replace("http", "ws")}/api/task_runs/subscriptions/scheduled`;
  return new TestSocket(new WebSocket(url, ["prefect"])).authenticate();
}

async function subscribe(message: object = {}, to = api): Promise<TestSocket> {
  const client = await open(to);
  client.send({ type: "subscribe", keys: [TASK], client_id: `host-${newId()}`, ...message });
  return client;
}

/** The next run; fails the test when the connection ends instead. */
async function receive(client: TestSocket): Promise<Delivered> {
  const run = await client.receive();
  expect(run).not.toBeNull();
  return run as Delivered; // the server's own answer
}

async function delay(changes: { details?: object; task_key?: string; retries?: number } = {}, to = api) {
  const { details = {}, task_key = TASK, retries = 0 } = changes;
  const { status, body } = await to.call("POST", "/task_runs/", {
    task_key,
    dynamic_key: newId(),
    empirical_policy: { retries },
    state: { type: "SCHEDULED", state_details: { deferred: true, ...details } },
  });
  expect(status).toBe(201);
  return body.id as string;
}

/** Tells of a state as the worker's engine does. */
async function report(id: string, type: string, { run_count = 1, ...details }: Record<string, unknown> = {}) {
  const { body: run } = await api.call("GET", `/task_runs/${id}`);
  const { task_key, dynamic_key } = run;
  const { status } = await api.call("POST", "/events", [
    {
      id: newId(),
      occurred: new Date().toISOString(),
      event: `prefect.task-run.${type}`,
      resource: { "prefect.resource.id": `prefect.task-run.${id}`, "prefect.orchestration": "client" },
      payload: {
        validated_state: { type, state_details: details },
        task_run: { task_key, dynamic_key, run_count },
      },
    },
  ]);
  expect(status).toBe(204);
  await expect.poll(() => stateOf(id)).toMatchObject({ type });
}

async function stateOf(id: string, from = api) {
  return (await from.call("GET", `/task_runs/${id}`)).body.state;
}

async function listWorkers(task_keys?: string[]): Promise<object[]> {
  const filter = task_keys && { task_worker_filter: { task_keys } };
  return (await api.call("POST", "/task_workers/filter", filter)).body;
}

describe("a stock task worker", () => {
  it("gets what waits, one run for each receipt, oldest first", async () => {
    const ids = [await delay(), await delay(), await delay()];
    const client = await subscribe();
    for (const id of ids) {
      expect(await receive(client)).toMatchObject({ id, task_key: TASK, state: { type: "SCHEDULED" } });
      client.send({ type: "ack" });
    }
  });

  it("is woken by a run at once, and gets none of other tasks", async () => {
    const client = await subscribe({ keys: ["other", TASK] });
    await delay({ task_key: "nobody-serves" });
    const details = { task_parameters_id: newId() };
    const id = await delay({ details });
    expect(await receive(client)).toMatchObject({ id, state: { state_details: details } });
  });

  it("keeps the run that it has when its creation is sent a second time", async () => {
    const body = {
      task_key: TASK,
      id: newId(),
      dynamic_key: "once",
      state: { type: "SCHEDULED", state_details: { deferred: true } },
    };
    expect(await api.call("POST", "/task_runs/", body)).toMatchObject({ status: 201 });
    const client = await subscribe();
    await receive(client);
    client.send({ type: "ack" });
    expect(await api.call("POST", "/task_runs/", body)).toMatchObject({ status: 200 });
    const next = await delay();
    expect(await receive(client)).toMatchObject({ id: next });
  });

  it("gets a run that is set to wait again", async () => {
    const client = await subscribe();
    const id = await delay();
    await receive(client);
    client.send({ type: "ack" });
    await report(id, "RUNNING");
    const state = { type: "SCHEDULED", name: "AwaitingRetry", state_details: { deferred: true } };
    await api.call("POST", `/task_runs/${id}/set_state`, { state, force: true });
    expect(await receive(client)).toMatchObject({ id, state: { name: "AwaitingRetry" } });
  });

  it("gets a run when it is due", HOLD, async () => {
    const client = await subscribe();
    const scheduled_time = new Date(Date.now() + 1500).toISOString();
    const id = await delay({ details: { scheduled_time } });
    expect(await receive(client)).toMatchObject({ id });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(scheduled_time));
  });

  it("shares the work with others, and no run goes to two", async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => subscribe()));
    const expected = await Promise.all(Array.from({ length: 60 }, () => delay()));
    const received: string[] = [];
    const work = clients.map(async (client) => {
      for (let run = await client.receive(); run !== null; run = await client.receive()) {
        received.push((run as Delivered).id);
        client.send({ type: "ack" });
      }
    });
    await expect.poll(() => received.length).toBe(expected.length);
    expect(received.toSorted()).toEqual(expected.toSorted());
    for (const client of clients) client.socket.close();
    await Promise.all(work);
  });

  it.each([
    ["leaves without a word", (client: TestSocket) => client.socket.terminate(), { code: 1006, reason: "" }],
    ["says that it quits", (client: TestSocket) => client.send({ type: "quit" }), { code: 1000, reason: "" }],
    [
      "answers with something else",
      (client: TestSocket) => client.send({ type: "hello" }),
      { code: 4001, reason: "Protocol violation: expected 'ack' message" },
    ],
  ])("whose receipt is due loses the run to another one when it %s", async (_, leave, ending) => {
    const [first, id] = [await subscribe(), await delay()];
    await receive(first);
    const second = await subscribe();
    leave(first);
    expect(await receive(second)).toMatchObject({ id, state: { name: "Scheduled" } });
    expect(await first.ended()).toEqual(ending);
  });

  it("loses what it has not started when it is gone, before newer work", HOLD, async () => {
    const first = await subscribe();
    const details = { task_parameters_id: newId() };
    const [taken, pending] = [await delay({ details }), await delay({ details })];
    for (let count = 0; count < 2; count += 1) {
      await receive(first);
      first.send({ type: "ack" });
    }
    await report(pending, "PENDING", { deferred: true });
    first.socket.terminate();
    await expect.poll(() => stateOf(pending), HOLD).toMatchObject({ type: "SCHEDULED" });
    await expect.poll(() => stateOf(taken)).toMatchObject({ message: expect.stringContaining("is gone") });
    await delay();
    const second = await subscribe();
    for (const id of [taken, pending]) {
      expect(await receive(second)).toMatchObject({ id, state: { state_details: details } });
      second.send({ type: "ack" });
    }
  });

  it("keeps what it has when it comes back in time, and what it has started in any case", HOLD, async () => {
    const client_id = "host-7";
    const first = await subscribe({ client_id, keys: [TASK, "first"] });
    const [started, waiting] = [await delay(), await delay()];
    for (let count = 0; count < 2; count += 1) {
      await receive(first);
      first.send({ type: "ack" });
    }
    await report(started, "RUNNING");
    await first.ping();
    const before = await stateOf(waiting);
    first.socket.terminate();
    const second = await subscribe({ client_id });
    await expect.poll(() => listWorkers(["first"]), HOLD).toEqual([]);
    second.socket.terminate();
    // The one that holds the run is lost now; the loss of the first one had left it alone.
    await expect.poll(() => stateOf(waiting), HOLD).not.toEqual(before);
    const { body: history } = await api.call("GET", `/task_run_states/?task_run_id=${waiting}`);
    expect(history).toHaveLength(2);
    expect(await stateOf(started)).toMatchObject({ type: "RUNNING" });
  });

  it.each([
    ["another message", { type: "hello" }, "expected 'subscribe' message"],
    ["no keys", { type: "subscribe", keys: [], client_id: "x" }, "expected 'keys' in subscribe message"],
    ["keys that are none", { type: "subscribe", keys: [1] }, "expected 'keys' in subscribe message"],
    ["no name", { type: "subscribe", keys: ["a"] }, "expected 'client_id' in subscribe message"],
  ])("is turned away for %s", async (_, message, reason) => {
    const client = await open();
    client.send(message);
    expect(await client.ended()).toEqual({ code: 4001, reason: `Protocol violation: ${reason}` });
  });

  it("finds what waited when the server was stopped, and what it had not acknowledged", async () => {
    await using file = await temporaryDatabaseFile();
    const database = `sqlite:${file.path}`;
    const first = await startApi({ database });
    const client = await subscribe({}, first);
    const ids = [await delay({}, first), await delay({}, first)];
    await receive(client);
    await first[Symbol.asyncDispose]();
    expect(await client.ended()).toMatchObject({ code: 1012 });
    await using second = await startApi({ database });
    const again = await subscribe({}, second);
    for (const id of ids) {
      expect(await receive(again)).toMatchObject({ id });
      again.send({ type: "ack" });
    }
  });
});

describe("a Sluice task worker", () => {
  it("gets as many runs as it has room for, and more when some are done", async () => {
    const client = await subscribe({ slots: 2 });
    const ids = [await delay(), await delay(), await delay(), await delay()];
    const first = [await receive(client), await receive(client)];
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    await report(ids[1]!, "COMPLETED");
    client.send({ type: "done", ids: [ids[1]] });
    expect(await receive(client)).toMatchObject({ id: ids[2] });
    // All that it was given is held: another one gets the rest.
    expect(await receive(await subscribe({ slots: 5 }))).toMatchObject({ id: ids[3] });
  });

  it("gets nothing more once it drains", async () => {
    const client = await subscribe({ slots: 2 });
    client.send({ type: "drain" });
    await client.ping();
    const other = await subscribe({ slots: 1 });
    const id = await delay();
    expect(await receive(other)).toMatchObject({ id });
  });

  it("keeps what it works on when it comes back, and is told what it has lost", async () => {
    const client_id = "worker-2";
    const first = await subscribe({ slots: 1, client_id });
    const ids = [await delay(), await delay()];
    await receive(first);
    first.socket.terminate();
    const second = await subscribe({ slots: 1, client_id, holding: ids });
    expect(await second.receive()).toEqual({ type: "lost", ids: [ids[1]] });
    // Its one place is taken until it says that the run is done.
    expect(await receive(await subscribe({ slots: 1 }))).toMatchObject({ id: ids[1] });
    await report(ids[0]!, "COMPLETED");
    const next = await delay();
    second.send({ type: "done", ids: [ids[0]] });
    expect(await receive(second)).toMatchObject({ id: next });
  });

  it("loses all that it had when it is gone: retries for some, the end for others", HOLD, async () => {
    const first = await subscribe({ slots: 10, client_id: "worker-1" });
    const retried = await delay({ retries: 1 });
    const unstarted = await delay();
    const ended = await delay();
    const finished = await delay();
    for (let count = 0; count < 4; count += 1) await receive(first);
    for (const id of [retried, ended, finished]) await report(id, "RUNNING");
    await report(finished, "COMPLETED");
    first.socket.terminate();
    const second = await subscribe({ slots: 10 });
    const again = [await receive(second), await receive(second)];
    expect(again.map(({ id }) => id).toSorted()).toEqual([retried, unstarted].toSorted());
    await expect
      .poll(() => stateOf(ended), HOLD)
      .toMatchObject({
        type: "CRASHED",
        message: "Task worker worker-1 is gone while it ran this, and no retries are left.",
      });
    expect(await stateOf(retried)).toMatchObject({ name: "AwaitingRetry" });
    expect(await stateOf(finished)).toMatchObject({ type: "COMPLETED" });
  });
});

describe("POST /task_workers/filter", () => {
  it("lists workers while they are connected, all or those of some tasks", async () => {
    const first = await subscribe({ keys: ["a", "b"], client_id: "host-1" });
    await subscribe({ keys: ["c"], client_id: "host-1" });
    await subscribe({ keys: ["d"], client_id: "host-2" });
    const both = [
      { identifier: "host-1", task_keys: ["a", "b", "c"], timestamp: expect.any(String) },
      { identifier: "host-2", task_keys: ["d"], timestamp: expect.any(String) },
    ];
    await expect.poll(() => listWorkers()).toEqual(both);
    expect(await listWorkers([])).toEqual(both);
    expect(await listWorkers(["d", "x"])).toEqual([both[1]]);
    first.socket.close();
    await expect.poll(() => listWorkers()).toMatchObject([{ task_keys: ["c"] }, { task_keys: ["d"] }]);
  });
});

const postgres = await requestPostgres();
describe.runIf(postgres)("several servers on one database", () => {
  it("wake each other, and hand out each run once", async () => {
    await using database = await postgres!.createDatabase();
    await using one = await startApi({ database: database.url });
    await using two = await startApi({ database: database.url });
    const clients = await Promise.all([one, two, one, two].map((to) => subscribe({}, to)));
    const ids = await Promise.all(
      Array.from({ length: 100 }, (_, index) => delay({}, index % 3 ? one : two)),
    );
    const received: string[] = [];
    const work = clients.map(async (client) => {
      for (let run = await client.receive(); run !== null; run = await client.receive()) {
        received.push((run as Delivered).id);
        client.send({ type: "ack" });
      }
    });
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(ids.length);
    expect(received.toSorted()).toEqual(ids.toSorted());
    for (const client of clients) client.socket.close();
    await Promise.all(work);
  });
});
