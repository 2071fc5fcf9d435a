import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const create = (body: unknown) => api.call("POST", "/work_pools/", body);
const read = async (name: string) => (await api.call("GET", `/work_pools/${name}`)).body;
const patch = (name: string, body: unknown) => api.call("PATCH", `/work_pools/${name}`, body);
const missing = { status: 404, body: { detail: 'Work pool "nobody" not found.' } };

const TEMPLATE = {
  job_configuration: { command: "run {{ what }}", nested: { list: ["{{count}}"] } },
  variables: { properties: { what: { type: "string" }, count: { type: "integer", default: 1 } } },
};

it("nobody reads or makes pools without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  expect((await guarded.call("POST", "/work_pools/", { name: "a" })).status).toBe(401);
  expect((await guarded.call("GET", "/work_pools/a")).status).toBe(401);
});

describe("making a pool", () => {
  it.each([
    [{}, "name", "missing"],
    [{ name: "a/b" }, "name", "string_pattern_mismatch"],
    [{ name: " ' " }, "name", "value_error"],
    [{ name: "a", concurrency_limit: -1 }, "concurrency_limit", "greater_than_equal"],
    [{ name: "a", colour: "red" }, "colour", "extra_forbidden"],
    [{ name: "a", is_paused: null }, "is_paused", "bool_type"],
    [{ name: "a", base_job_template: { job_configuration: { a: 1 } } }, "base_job_template", "value_error"],
    [
      { name: "a", base_job_template: { ...TEMPLATE, variables: { properties: { what: {} } } } },
      "base_job_template",
      "value_error",
    ],
  ])("refuses %j and names the field", async (body, field, type) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect(answer.body.exception_detail).toMatchObject([{ loc: ["body", field], type }]);
  });

  it("refuses defaults that don't fit the template's own variables", async () => {
    const variables = { properties: { what: { type: "integer", default: "no" } } };
    const base_job_template = { job_configuration: { a: "{{ what }}" }, variables };
    expect(await create({ name: "unfit", base_job_template })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("Validation failed for field 'what'.") },
    });
    expect((await api.call("GET", "/work_pools/unfit")).status).toBe(404);
  });

  it("refuses names that are reserved, in any case", async () => {
    expect((await create({ name: "PreFect-pool" })).status).toBe(403);
    expect((await api.call("DELETE", "/work_pools/prefect-pool")).status).toBe(403);
    expect((await patch("prefect-pool", { description: "a" })).status).toBe(403);
    expect((await patch("prefect-pool", { is_paused: true })).status).toBe(404);
  });

  it("makes its default queue with it, and tells of all of it", async () => {
    const made = await create({ name: "made", type: "process", base_job_template: TEMPLATE });
    expect(made).toMatchObject({
      status: 201,
      body: { status: "NOT_READY", active_slots: null, is_paused: false, description: null },
    });
    const { id, default_queue_id } = made.body;
    expect(await read("made")).toEqual(made.body);
    const resource = { "prefect.resource.name": "made", "prefect.work-pool.type": "process" };
    expect(await publishedEvents(api, `prefect.work-pool.${id}`, 2)).toMatchObject([
      {
        event: "prefect.work-pool.created",
        resource,
        related: [
          {
            "prefect.resource.id": `prefect.work-queue.${default_queue_id}`,
            "prefect.resource.role": "default-queue",
          },
        ],
      },
      { event: "prefect.work-pool.not-ready", resource, related: [] },
    ]);
    expect(await publishedEvents(api, `prefect.work-queue.${default_queue_id}`, 1)).toMatchObject([
      { event: "prefect.work-queue.created", related: [resource] },
    ]);
  });

  it("says when the name is taken, and keeps the pool that is there", async () => {
    await create({ name: "taken", description: "first" });
    expect(await create({ name: "taken" })).toMatchObject({
      status: 409,
      body: { detail: "A work pool with this name already exists." },
    });
    expect(await read("taken")).toMatchObject({ description: "first", status: null });
  });

  it("hides the storage block from clients that don't know it", async () => {
    const headers = { "user-agent": "prefect/3.3.7 (API 0.8.4)" };
    await create({ name: "stored" });
    const { body } = await api.call("GET", "/work_pools/stored", undefined, headers);
    expect(body.storage_configuration).toEqual({ bundle_upload_step: null, bundle_execution_step: null });
  });
});

describe("a pool", () => {
  it("that is not there is 404", async () => {
    expect(await api.call("GET", "/work_pools/nobody")).toMatchObject(missing);
    expect(await patch("nobody", {})).toMatchObject(missing);
    expect(await api.call("DELETE", "/work_pools/nobody")).toMatchObject(missing);
    const { status } = await api.call("POST", "/work_pools/nobody/concurrency_status", {});
    expect(status).toBe(404);
  });

  it("changes only in the keys that are sent, and tells what changed", async () => {
    const { body: made } = await create({ name: "changing", type: "docker", concurrency_limit: 2 });
    expect(made.active_slots).toBe(0);
    expect((await patch("changing", { description: "d", concurrency_limit: null })).status).toBe(204);
    expect((await patch("changing", { description: "d" })).status).toBe(204);
    expect((await patch("changing", { is_paused: true })).status).toBe(204);
    expect((await patch("changing", { is_paused: false })).status).toBe(204);
    expect(await read("changing")).toMatchObject({
      description: "d",
      concurrency_limit: null,
      status: "NOT_READY",
    });
    const events = await publishedEvents(api, `prefect.work-pool.${made.id}`, 5);
    expect(events.map(({ event }) => event.slice("prefect.work-pool.".length))).toEqual([
      "created",
      "not-ready",
      "updated",
      "paused",
      "not-ready",
    ]);
    expect(events[2]?.payload).toEqual({
      updated_fields: ["description", "concurrency_limit"],
      updates: { description: { from: null, to: "d" }, concurrency_limit: { from: 2, to: null } },
    });
  });

  it("keeps what can't be null", async () => {
    const { body: made } = await create({ name: "stubborn", type: "process" });
    for (const body of [{ is_paused: null }, { base_job_template: null }, { storage_configuration: null }]) {
      expect((await patch("stubborn", body)).status).toBe(409);
    }
    expect((await patch("stubborn", { name: "renamed" })).status).toBe(422);
    expect(await read("stubborn")).toEqual(made);
  });

  it("goes with its queues, and tells it", async () => {
    const { body: made } = await create({ name: "going" });
    expect((await api.call("DELETE", "/work_pools/going")).status).toBe(204);
    expect((await api.call("DELETE", "/work_pools/going")).status).toBe(404);
    const ofQueue = await publishedEvents(api, `prefect.work-queue.${made.default_queue_id}`, 2);
    expect(ofQueue.map(({ event }) => event)).toEqual([
      "prefect.work-queue.created",
      "prefect.work-queue.deleted",
    ]);
  });
});

it("lists come by name, filtered, and are counted", async () => {
  for (const name of ["list-b", "list-a"]) await create({ name, type: "listed" });
  const work_pools = { type: { any_: ["listed"] } };
  const found = await api.call("POST", "/work_pools/filter", { work_pools, limit: 2 });
  expect(found.body.map(({ name }: { name: string }) => name)).toEqual(["list-a", "list-b"]);
  expect((await api.call("POST", "/work_pools/count", { work_pools })).body).toBe(2);
  expect((await api.call("POST", "/work_pools/filter")).status).toBe(200);
  expect((await api.call("POST", "/work_pools/filter", { limit: 201 })).status).toBe(422);
});

it("the status of its slots names the queues of the pool", async () => {
  const { body: made } = await create({ name: "slots", concurrency_limit: 3 });
  const status = await api.call("POST", "/work_pools/slots/concurrency_status", {});
  expect(status.body).toEqual({
    active_slots: 0,
    concurrency_limit: 3,
    queues: [
      {
        queue_id: made.default_queue_id,
        queue_name: "default",
        active_slots: 0,
        concurrency_limit: null,
        flow_runs: [],
        flow_run_count: 0,
      },
    ],
    count: 1,
    limit: 200,
    pages: 1,
    page: 1,
  });
  const refused = await api.call("POST", "/work_pools/slots/concurrency_status", { flow_run_limit: 201 });
  expect(refused.status).toBe(422);
});
