import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
let flowId: string;
beforeAll(async () => {
  api = await startApi();
  flowId = (await api.call("POST", "/flows/", { name: "polled" })).body.id;
});
afterAll(() => api[Symbol.asyncDispose]());

/** A pool with queues besides its default one. */
async function pool(name: string, ...queues: string[]) {
  const { body } = await api.call("POST", "/work_pools/", { name, type: "process" });
  for (const queue of queues) await api.call("POST", `/work_pools/${name}/queues`, { name: queue });
  return {
    body,
    run: async (queue: string | null, runName: string, more: object = {}) => {
      const state = { type: "SCHEDULED", state_details: { scheduled_time: "2031-01-01T00:00:00Z" } };
      const run = {
        flow_id: flowId,
        name: runName,
        work_pool_name: name,
        work_queue_name: queue,
        state,
        ...more,
      };
      return (await api.call("POST", "/flow_runs/", run)).body;
    },
    poll: (asked?: unknown) => api.call("POST", `/work_pools/${name}/get_scheduled_flow_runs`, asked),
    names: async (asked: unknown = {}) => {
      const answer = await api.call("POST", `/work_pools/${name}/get_scheduled_flow_runs`, asked);
      return answer.body.map(({ flow_run }: { flow_run: { name: string } }) => flow_run.name);
    },
    patch: (path: string, change: unknown) => api.call("PATCH", `/work_pools/${name}${path}`, change),
  };
}

it("nobody asks for runs without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("POST", "/work_pools/a/get_scheduled_flow_runs", {})).status).toBe(401);
});

it("asking in a pool or queue that is not there is 404, and nonsense is 422", async () => {
  const { poll } = await pool("refusing");
  const nowhere = await api.call("POST", "/work_pools/nowhere/get_scheduled_flow_runs", {});
  expect(nowhere).toMatchObject({ status: 404, body: { detail: 'Work pool "nowhere" not found.' } });
  expect(await poll({ work_queue_names: ["default", "nobody"] })).toMatchObject({
    status: 404,
    body: { detail: "Work pool queue 'refusing/nobody' not found." },
  });
  for (const body of [
    { limit: 201 },
    { limit: -1 },
    { scheduled_before: "soon" },
    { work_queue_names: "a" },
  ]) {
    expect((await poll(body)).status, JSON.stringify(body)).toBe(422);
  }
  expect((await api.call("POST", `/work_queues/${UNKNOWN_ID}/get_runs`, {})).status).toBe(404);
});

it("a run is made in the queue of a pool, or in its default queue", async () => {
  const { run, body } = await pool("placing", "a");
  expect(await run("a", "in-a")).toMatchObject({ work_pool_name: "placing", work_queue_name: "a" });
  const inDefault = await run(null, "in-default");
  expect(inDefault).toMatchObject({ work_queue_id: body.default_queue_id, work_queue_name: "default" });
  const misplaced = (place: object) => api.call("POST", "/flow_runs/", { flow_id: flowId, ...place });
  expect((await misplaced({ work_pool_name: "nowhere" })).status).toBe(404);
  expect((await misplaced({ work_pool_name: "placing", work_queue_name: "nobody" })).status).toBe(404);
});

it("runs come by the priority of their queues and stay until one begins", async () => {
  const { run, names, poll, patch, body } = await pool("waiting", "second");
  await run("second", "b");
  const first = await run(null, "a");
  expect(await names()).toEqual(["a", "b"]);
  expect(await names()).toEqual(["a", "b"]);
  expect((await poll({ limit: 1 })).body).toMatchObject([
    { work_pool_id: body.id, work_queue_id: body.default_queue_id, flow_run: { id: first.id, state: null } },
  ]);
  await patch("/queues/second", { priority: 1 });
  expect(await names()).toEqual(["b", "a"]);
  expect(await names({ work_queue_names: ["default"] })).toEqual(["a"]);
  expect(await names({ scheduled_before: "2030-12-31T00:00:00Z" })).toEqual([]);
  expect(await names({ scheduled_after: "2031-01-01T00:00:00Z" })).toEqual(["b", "a"]);
  await api.call("POST", `/flow_runs/${first.id}/set_state`, { state: { type: "PENDING" }, force: true });
  expect(await names()).toEqual(["b"]);
});

it("pauses and limits of the pool and of its queues hold runs back", async () => {
  const { run, names, patch } = await pool("limits", "q");
  const begun = await run("q", "begun", { state: { type: "RUNNING" } });
  await run("q", "one");
  await run("q", "two");
  await run(null, "other");
  await patch("/queues/q", { concurrency_limit: 2 });
  expect(await names()).toEqual(["other", "one"]);
  await patch("/queues/q", { concurrency_limit: 1 });
  expect(await names()).toEqual(["other"]);
  await patch("/queues/q", { concurrency_limit: null });
  await patch("", { concurrency_limit: 3 });
  expect(await names()).toEqual(["other", "one"]);
  expect((await api.call("GET", "/work_pools/limits")).body.active_slots).toBe(1);
  await patch("", { is_paused: true });
  expect(await names()).toEqual([]);
  await patch("", { is_paused: false });
  await patch("/queues/default", { is_paused: true });
  expect(await names()).toEqual(["one", "two"]);
  await api.call("POST", `/flow_runs/${begun.id}/set_state`, { state: { type: "COMPLETED" } });
  expect((await api.call("GET", "/work_pools/limits")).body.active_slots).toBe(0);
});

it("asking makes the queues READY, once, and says when they were polled", async () => {
  const { poll, body } = await pool("noting", "other");
  await poll({ work_queue_names: ["default"] });
  await poll({ work_queue_names: ["default"] });
  const queue = async (name: string) => (await api.call("GET", `/work_pools/noting/queues/${name}`)).body;
  expect(await queue("default")).toMatchObject({ status: "READY", last_polled: expect.any(String) });
  expect(await queue("other")).toMatchObject({ status: "NOT_READY", last_polled: null });
  await poll();
  expect(await queue("other")).toMatchObject({ status: "READY" });
  const events = await publishedEvents(api, `prefect.work-queue.${body.default_queue_id}`, 2);
  expect(events.map(({ event }) => event)).toEqual([
    "prefect.work-queue.created",
    "prefect.work-queue.ready",
  ]);
});

it("agents ask by queue, and the screen may look without being taken for one", async () => {
  const { run, body } = await pool("agents");
  await run(null, "a");
  await run(null, "b");
  const path = `/work_queues/${body.default_queue_id}`;
  const ask = async (asked: unknown, headers = {}) =>
    (await api.call("POST", `${path}/get_runs`, asked, headers)).body.map(
      ({ name }: { name: string }) => name,
    );
  expect(await ask({ limit: 1 }, { "x-prefect-ui": "true" })).toEqual(["a"]);
  expect((await api.call("GET", path)).body.status).toBe("NOT_READY");
  expect(await ask({})).toEqual(["a", "b"]);
  expect((await api.call("GET", path)).body.status).toBe("READY");
  expect(await ask({ scheduled_before: "2030-01-01T00:00:00Z" })).toEqual([]);
});

it("a queue of old chooses its runs by tags and deployments", async () => {
  const filter = { tags: ["chosen"], deployment_ids: null };
  const { body: queue } = await api.call("POST", "/work_queues/", {
    name: "by-tags",
    filter,
    concurrency_limit: 5,
  });
  const { run } = await pool("tagged");
  await run(null, "without-deployment", { tags: ["chosen"] });
  expect((await api.call("POST", `/work_queues/${queue.id}/get_runs`, {})).body).toEqual([]);
  expect((await api.call("GET", `/work_queues/${queue.id}`)).body.active_slots).toBe(0);
});
