import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, startApi } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const makePool = (name: string) => api.call("POST", "/work_pools/", { name, type: "process" });
const beat = (pool: string, body: unknown) => api.call("POST", `/work_pools/${pool}/workers/heartbeat`, body);
const workers = (pool: string, body?: unknown) =>
  api.call("POST", `/work_pools/${pool}/workers/filter`, body);

it("no worker speaks without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("POST", "/work_pools/a/workers/heartbeat", { name: "w" })).status).toBe(401);
});

it("a heartbeat needs a name and a pool", async () => {
  await makePool("refusing");
  const refused = await beat("refusing", { heartbeat_interval_seconds: 5 });
  expect(refused.status).toBe(422);
  expect(refused.body.exception_detail).toMatchObject([{ loc: ["body", "name"], type: "missing" }]);
  expect((await beat("refusing", { name: "w", heartbeat_interval_seconds: "often" })).status).toBe(422);
  expect(await beat("nowhere", { name: "w" })).toMatchObject({
    status: 404,
    body: { detail: 'Work pool "nowhere" not found.' },
  });
  expect((await workers("nowhere")).status).toBe(404);
  expect((await workers("refusing", { workers: { status: { any_: ["ASLEEP"] } } })).status).toBe(422);
});

it("the first heartbeat introduces the worker and wakes the pool, once", async () => {
  const { body: pool } = await makePool("waking");
  expect((await beat("waking", { name: "w", heartbeat_interval_seconds: 5, return_id: true })).status).toBe(
    204,
  );
  expect((await beat("waking", { name: "w" })).status).toBe(204);
  expect((await beat("waking", { name: "v" })).status).toBe(204);
  const { body } = await workers("waking");
  expect(body).toMatchObject([
    { name: "v", status: "ONLINE", heartbeat_interval_seconds: null, work_pool_id: pool.id },
    { name: "w", status: "ONLINE", heartbeat_interval_seconds: 5 },
  ]);
  expect((await workers("waking", { workers: { status: { any_: ["OFFLINE"] } } })).body).toEqual([]);
  expect((await api.call("GET", "/work_pools/waking")).body.status).toBe("READY");
  const events = await publishedEvents(api, `prefect.work-pool.${pool.id}`, 3);
  expect(events.map(({ event }) => event)).toEqual([
    "prefect.work-pool.created",
    "prefect.work-pool.not-ready",
    "prefect.work-pool.ready",
  ]);
});

it("a pause ends READY when a worker is there, and a heartbeat does not end it", async () => {
  await makePool("pausing");
  const status = async () => (await api.call("GET", "/work_pools/pausing")).body.status;
  await api.call("PATCH", "/work_pools/pausing", { is_paused: true });
  await beat("pausing", { name: "w" });
  expect(await status()).toBe("PAUSED");
  await api.call("PATCH", "/work_pools/pausing", { is_paused: false });
  expect(await status()).toBe("READY");
});

it("a worker is forgotten once", async () => {
  await makePool("forgetting");
  await beat("forgetting", { name: "w" });
  const forget = () => api.call("DELETE", "/work_pools/forgetting/workers/w");
  expect((await forget()).status).toBe(204);
  expect(await forget()).toMatchObject({ status: 404, body: { detail: "Worker not found." } });
  expect((await api.call("DELETE", "/work_pools/nowhere/workers/w")).status).toBe(404);
});
