import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

/** A pool of its own, and how to reach its queues. */
async function pool(name: string) {
  const made = await api.call("POST", "/work_pools/", { name, type: "process" });
  const root = `/work_pools/${name}/queues`;
  return {
    body: made.body,
    create: (body: unknown) => api.call("POST", root, body),
    read: async (queue: string) => (await api.call("GET", `${root}/${queue}`)).body,
    patch: (queue: string, body: unknown) => api.call("PATCH", `${root}/${queue}`, body),
    delete: (queue: string) => api.call("DELETE", `${root}/${queue}`),
    priorities: async () => {
      const { body } = await api.call("POST", `${root}/filter`);
      return Object.fromEntries(
        body.map((queue: { name: string; priority: number }) => [queue.name, queue.priority]),
      );
    },
  };
}

it("nobody reads or makes queues without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("POST", "/work_pools/a/queues", { name: "a" })).status).toBe(401);
  expect((await guarded.call("POST", "/work_queues/", { name: "a" })).status).toBe(401);
});

describe("a queue of a pool", () => {
  it.each([
    [{}, "name", "missing"],
    [{ name: "a/b" }, "name", "string_pattern_mismatch"],
    [{ name: "a", priority: 0 }, "priority", "greater_than"],
    [{ name: "a", concurrency_limit: -1 }, "concurrency_limit", "greater_than_equal"],
    [{ name: "a", colour: "red" }, "colour", "extra_forbidden"],
  ])("is refused when it is %j", async (body, field, type) => {
    const { create } = await pool(`refusing-${field}`);
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toMatchObject([{ loc: ["body", field], type }]);
  });

  it("that is not there, or whose pool is not, is 404", async () => {
    const { patch, delete: remove } = await pool("empty");
    const missing = { status: 404, body: { detail: "Work pool queue 'empty/nobody' not found." } };
    expect(await patch("nobody", {})).toMatchObject(missing);
    expect(await remove("nobody")).toMatchObject(missing);
    expect(await api.call("POST", "/work_pools/nowhere/queues", { name: "a" })).toMatchObject({
      status: 404,
      body: { detail: 'Work pool "nowhere" not found.' },
    });
    expect((await api.call("POST", "/work_pools/nowhere/queues/filter")).status).toBe(404);
  });

  it("takes the first free priority, or makes others give way", async () => {
    const { create, patch, priorities, delete: remove } = await pool("ranks");
    await create({ name: "b", priority: 3 });
    await create({ name: "a" });
    await create({ name: "first", priority: 1 });
    expect(await priorities()).toEqual({ first: 1, default: 2, a: 3, b: 4 });
    await patch("b", { priority: 1 });
    expect(await priorities()).toEqual({ b: 1, first: 2, default: 3, a: 4 });
    await remove("first");
    expect(await priorities()).toEqual({ b: 1, default: 3, a: 4 });
  });

  it("has a name that is taken once in its pool", async () => {
    const { create, patch, read } = await pool("names");
    const { body: made } = await create({ name: "a", description: null, concurrency_limit: 1 });
    expect(made).toMatchObject({ description: "", active_slots: 0, status: "NOT_READY", filter: null });
    expect((await create({ name: "a" })).status).toBe(409);
    expect((await patch("a", { name: "default" })).status).toBe(409);
    for (const body of [{ name: null }, { description: null }, { priority: null }]) {
      expect((await patch("a", body)).status).toBe(409);
    }
    expect((await patch("a", { is_paused: null })).status).toBe(422);
    expect(await read("a")).toEqual(made);
  });

  it("is paused and goes on, and tells each once", async () => {
    const { create, patch, read, body: owner } = await pool("pausing");
    const { body: made } = await create({ name: "a" });
    for (const is_paused of [true, true, false, false]) await patch("a", { is_paused, description: "d" });
    expect(await read("a")).toMatchObject({ is_paused: false, status: "NOT_READY" });
    await patch("a", { is_paused: true });
    await patch("a", { is_paused: false, last_polled: new Date().toISOString() });
    expect(await read("a")).toMatchObject({ status: "READY" });
    const events = await publishedEvents(api, `prefect.work-queue.${made.id}`, 6);
    expect(events.map(({ event }) => event.slice("prefect.work-queue.".length))).toEqual([
      "created",
      "updated",
      "paused",
      "not-ready",
      "paused",
      "ready",
    ]);
    expect(events[1]?.payload).toEqual({
      updated_fields: ["description"],
      updates: { description: { from: "", to: "d" } },
    });
    expect(events[2]?.related).toEqual([
      {
        "prefect.resource.id": `prefect.work-pool.${owner.id}`,
        "prefect.resource.name": "pausing",
        "prefect.resource.role": "work-pool",
        "prefect.work-pool.type": "process",
      },
    ]);
  });

  it("stays while it is the pool's default, by name and by id", async () => {
    const { delete: remove, read, body } = await pool("keeping");
    expect((await remove("default")).status).toBe(409);
    expect((await api.call("DELETE", `/work_queues/${body.default_queue_id}`)).status).toBe(409);
    expect(await read("default")).toMatchObject({ id: body.default_queue_id });
  });
});

describe("queues without a pool", () => {
  it("live in the default agent pool, which comes with the first of them", async () => {
    expect((await api.call("GET", "/work_pools/default-agent-pool")).status).toBe(404);
    const first = await api.call("POST", "/work_queues/", { name: "default" });
    expect(first).toMatchObject({ status: 201, body: { work_pool_name: "default-agent-pool" } });
    expect((await api.call("POST", "/work_queues/", { name: "default" })).status).toBe(409);
    const { body: made } = await api.call("POST", "/work_queues/", { name: "agent", concurrency_limit: 2 });
    expect((await api.call("GET", "/work_queues/name/agent")).body).toEqual(made);
    expect((await api.call("GET", `/work_queues/${made.id}`)).body).toEqual(made);
    expect((await api.call("PATCH", `/work_queues/${made.id}`, { description: "d" })).status).toBe(204);
    expect((await api.call("DELETE", `/work_queues/${made.id}`)).status).toBe(204);
    expect((await api.call("GET", "/work_queues/name/agent")).status).toBe(404);
  });

  it("come with their pool when several are the first at once", async () => {
    await using fresh = await startApi();
    const names = ["a", "b", "c", "d"];
    const made = await Promise.all(names.map((name) => fresh.call("POST", "/work_queues/", { name })));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect((await fresh.call("POST", "/work_queues/filter")).body).toHaveLength(5);
  });

  it("that are not there are 404", async () => {
    for (const [method, path] of [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["GET", "/status"],
      ["POST", "/concurrency_status"],
    ] as const) {
      const body = method === "PATCH" || method === "POST" ? {} : undefined;
      expect((await api.call(method, `/work_queues/${UNKNOWN_ID}${path}`, body)).status, path).toBe(404);
    }
  });

  it("say whether they are healthy", async () => {
    const { create, patch } = await pool("health");
    const { body: made } = await create({ name: "a" });
    const health = async () => (await api.call("GET", `/work_queues/${made.id}/status`)).body;
    expect(await health()).toEqual({
      healthy: false,
      late_runs_count: 0,
      last_polled: null,
      health_check_policy: { maximum_late_runs: 0, maximum_seconds_since_last_polled: 60 },
    });
    await patch("a", { last_polled: new Date().toISOString() });
    expect(await health()).toMatchObject({ healthy: true });
  });

  it("name the runs that hold their slots", async () => {
    const { create } = await pool("holding");
    const { body: made } = await create({ name: "a" });
    const status = await api.call("POST", `/work_queues/${made.id}/concurrency_status`);
    expect(status.body).toEqual({
      active_slots: 0,
      concurrency_limit: null,
      flow_runs: [],
      count: 0,
      limit: 200,
      pages: 0,
      page: 1,
    });
  });
});
