import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";
import { publishedEvents } from "./fixtures/published-events.ts";

let api: Api;
let flowId: string;
beforeAll(async () => {
  // Without background services, so that only the requests of a test make runs.
  api = await startApi({ servicesEnabled: false });
  flowId = (await api.call("POST", "/flows/", { name: "deployed", labels: { team: "x" } })).body.id;
});
afterAll(() => api[Symbol.asyncDispose]());

const create = (body: object) => api.call("POST", "/deployments/", { flow_id: flowId, ...body });
const read = async (id: string) => (await api.call("GET", `/deployments/${id}`)).body;
const patch = (id: string, body: object) => api.call("PATCH", `/deployments/${id}`, body);
const runsOf = async (id: string) => {
  const body = { deployments: { id: { any_: [id] } }, sort: "EXPECTED_START_TIME_ASC" };
  return (await api.call("POST", "/flow_runs/filter", body)).body;
};
const hourly = { schedule: { interval: 3600, anchor_date: "2026-01-01T00:00:00Z" } };
const missing = { status: 404, body: { detail: "Deployment not found" } };

it("nobody reads or makes deployments without the server's secret", async () => {
  await using guarded = await startApi({ authString: "admin:secret" });
  const requests = [
    ["POST", "/deployments/"],
    ["GET", `/deployments/${UNKNOWN_ID}`],
    ["PATCH", `/deployments/${UNKNOWN_ID}`],
    ["POST", `/deployments/${UNKNOWN_ID}/create_flow_run`],
    ["POST", `/deployments/${UNKNOWN_ID}/schedule`],
    ["DELETE", `/deployments/${UNKNOWN_ID}`],
  ] as const;
  for (const [method, path] of requests) {
    expect((await guarded.call(method, path, method === "GET" ? undefined : {})).status).toBe(401);
  }
});

describe("making a deployment", () => {
  it.each([
    [{ flow_id: "x", name: "a" }],
    [{ name: "a", colour: "red" }],
    [{}],
    [{ name: "a", tags: null }],
    [{ name: "a", concurrency_limit: 0 }],
    [{ name: "a", concurrency_limit: 1, global_concurrency_limit_id: UNKNOWN_ID }],
    [{ name: "a", concurrency_options: { collision_strategy: "GUESS" } }],
    [{ name: "a", schedules: [{}] }],
    [{ name: "a", schedules: [{ schedule: { cron: "not cron" } }] }],
    [{ name: "a", schedules: [{ schedule: { cron: "0 0 * * *", timezone: "Mars/Olympus" } }] }],
    [{ name: "a", schedules: [{ schedule: { interval: 0 } }] }],
    [{ name: "a", schedules: [{ schedule: { rrule: "FREQ=NEVER" } }] }],
    [{ name: "a", schedules: [{ ...hourly, max_scheduled_runs: 51 }] }],
    [
      {
        name: "a",
        enforce_parameter_schema: true,
        parameter_openapi_schema: { type: "object", properties: { x: { type: "integer" } } },
        parameters: { x: "no" },
      },
    ],
  ])("refuses %j", async (body) => {
    expect((await create(body)).status).toBe(422);
  });

  it("refuses a flow, a pool, a limit and blocks that are not there", async () => {
    for (const kind of ["infrastructure", "storage"]) {
      const answer = await create({ name: "a", [`${kind}_document_id`]: UNKNOWN_ID });
      expect(answer.status).toBe(409);
      expect(answer.body.detail).toContain(`Could not find ${kind} block with id: ${UNKNOWN_ID}.`);
    }
    expect((await create({ name: "a", flow_id: UNKNOWN_ID })).status).toBe(409);
    expect((await create({ name: "a", work_pool_name: "nowhere" })).status).toBe(404);
    expect((await create({ name: "a", global_concurrency_limit_id: UNKNOWN_ID })).status).toBe(404);
  });

  it("answers with what it was given, what it defaults to, and the system's labels", async () => {
    const made = await create({ name: "plain", labels: { mine: 1 } });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "plain",
        labels: { team: "x", "prefect.flow.id": flowId, mine: 1 },
        enforce_parameter_schema: true,
        paused: false,
        status: "NOT_READY",
        parameters: {},
        job_variables: {},
        pull_steps: [],
        parameter_openapi_schema: {},
        schedules: [],
        global_concurrency_limit: null,
      },
    });
    expect(await read(made.body.id)).toEqual(made.body);
    expect((await api.call("GET", "/deployments/name/deployed/plain")).body).toEqual(made.body);
    expect(await api.call("GET", "/deployments/name/deployed/nobody")).toMatchObject(missing);
  });

  it("of a name that is there changes that one: what was sent, its parameters and all its schedules", async () => {
    const first = await create({
      name: "twice",
      description: "kept",
      version: "1",
      parameters: { x: 1 },
      schedules: [hourly],
    });
    const second = await create({ name: "twice", version: "2" });
    expect(second).toMatchObject({
      status: 200,
      body: { id: first.body.id, description: "kept", version: "2", parameters: {}, schedules: [] },
    });
  });

  it("starts recurrences where Prefect does, and intervals now", async () => {
    const { body } = await create({
      name: "anchored",
      schedules: [
        { schedule: { rrule: "FREQ=DAILY" }, slug: "r" },
        { schedule: { interval: 60 }, slug: "i" },
      ],
    });
    const [interval, rule] = body.schedules;
    expect(rule.schedule).toEqual({ rrule: "DTSTART:20200101T000000\nFREQ=DAILY", timezone: "UTC" });
    expect(interval.schedule).toEqual({ interval: 60, anchor_date: body.created, timezone: "UTC" });
  });

  it("in a queue of its pool, which is made when it is not there", async () => {
    await api.call("POST", "/work_pools/", { name: "pool", type: "process" });
    const { body } = await create({ name: "queued", work_pool_name: "pool", work_queue_name: "lane" });
    expect(body).toMatchObject({ work_pool_name: "pool", work_queue_name: "lane" });
    expect((await api.call("GET", "/work_pools/pool/queues/lane")).body.id).toBe(body.work_queue_id);
    const plain = await create({ name: "unqueued", work_pool_name: "pool" });
    expect(plain.body).toMatchObject({ work_pool_name: "pool", work_queue_name: "default" });
    const agent = await create({ name: "agent", work_queue_name: "old" });
    expect(agent.body).toMatchObject({ work_pool_name: "default-agent-pool", work_queue_name: "old" });
    expect((await patch(plain.body.id, { work_pool_name: null })).status).toBe(204);
    expect(await read(plain.body.id)).toMatchObject({ work_pool_name: null, work_queue_id: null });
  });
});

describe("a deployment", () => {
  it("that is not there is 404", async () => {
    expect(await api.call("GET", `/deployments/${UNKNOWN_ID}`)).toMatchObject(missing);
    expect(await api.call("DELETE", `/deployments/${UNKNOWN_ID}`)).toMatchObject(missing);
    expect((await patch(UNKNOWN_ID, {})).status).toBe(404);
  });

  it("has a limit of its own, which changes with it and goes with it", async () => {
    const { body } = await create({ name: "limited", concurrency_limit: 2 });
    const limit = { name: `deployment:${body.id}`, limit: 2, active_slots: 0 };
    expect(body).toMatchObject({ concurrency_limit: null, global_concurrency_limit: limit });
    await patch(body.id, { concurrency_limit: 3 });
    expect((await read(body.id)).global_concurrency_limit).toMatchObject({ ...limit, limit: 3 });
    await patch(body.id, { concurrency_limit: null });
    expect((await read(body.id)).global_concurrency_limit).toBeNull();
    await patch(body.id, { concurrency_limit: 1 });
    expect((await api.call("DELETE", `/deployments/${body.id}`)).status).toBe(204);
    const limits = await api.call("POST", "/v2/concurrency_limits/filter", {});
    expect(limits.body.map(({ name }: { name: string }) => name)).not.toContain(limit.name);
  });

  it("keeps its parameters hydrated when they change, and to its schema", async () => {
    await api.call("POST", "/variables/", { name: "level", value: 7 });
    const parameter_openapi_schema = {
      type: "object",
      properties: { x: { type: "integer" } },
      required: ["y"],
    };
    const { body } = await create({ name: "hydrated", parameter_openapi_schema });
    const x = { __prefect_kind: "workspace_variable", variable_name: "level" };
    expect((await patch(body.id, { parameters: { x } })).status).toBe(204);
    expect((await read(body.id)).parameters).toEqual({ x: 7 });
    expect((await patch(body.id, { parameters: { x: "no" } })).status).toBe(409);
    expect((await patch(body.id, { parameters: { x: { ...x, variable_name: "nobody" } } })).status).toBe(400);
    expect((await read(body.id)).parameters).toEqual({ x: 7 });
  });

  it("tells of itself when it is made, changed and deleted, and of no change that is none", async () => {
    const { body } = await create({ name: "told", tags: ["a"] });
    await patch(body.id, { tags: ["a"] });
    await patch(body.id, { tags: ["b"], paused: true });
    await api.call("DELETE", `/deployments/${body.id}`);
    const events = await publishedEvents(api, `prefect.deployment.${body.id}`, 3);
    expect(events.map(({ event }) => event)).toEqual([
      "prefect.deployment.created",
      "prefect.deployment.updated",
      "prefect.deployment.deleted",
    ]);
    expect(events[1]).toMatchObject({
      related: [{ "prefect.resource.id": `prefect.flow.${flowId}`, "prefect.resource.role": "flow" }],
      payload: {
        updated_fields: ["tags", "paused"],
        updates: { tags: { from: ["a"], to: ["b"] }, paused: { from: false, to: true } },
      },
    });
  });
});

describe("schedules of a deployment", () => {
  const slugs = async (id: string) =>
    (await read(id)).schedules
      .map(({ slug, active }: { slug: string; active: boolean }) => `${slug} ${active}`)
      .toSorted();

  it("change one by one where they have slugs: unknown ones come, unmentioned ones stay", async () => {
    const { body } = await create({
      name: "slugs",
      schedules: [
        { ...hourly, slug: "one" },
        { ...hourly, slug: "two" },
      ],
    });
    const send = async (schedules: object[]) => (await patch(body.id, { schedules })).status;
    expect(await send([])).toBe(204);
    expect(
      await send([
        { slug: "one", active: false },
        { slug: "three", ...hourly },
      ]),
    ).toBe(204);
    expect(await slugs(body.id)).toEqual(["one false", "three true", "two true"]);
    expect(
      await send([
        { slug: "two", replaces: "one" },
        { slug: "one", replaces: "two" },
      ]),
    ).toBe(204);
    expect(await slugs(body.id)).toEqual(["one true", "three true", "two false"]);
    expect(await send([hourly])).toBe(422);
    expect(await send([{ slug: "new" }])).toBe(422);
    expect(await send([{ slug: "three", replaces: "one" }])).toBe(422);
  });

  it("are replaced where one of them has no slug", async () => {
    const { body } = await create({ name: "slugless", schedules: [hourly, { ...hourly, slug: "one" }] });
    expect((await patch(body.id, { description: "x" })).status).toBe(204);
    expect((await read(body.id)).schedules).toHaveLength(2);
    expect((await patch(body.id, { schedules: [{ ...hourly, slug: "new" }] })).status).toBe(204);
    expect(await slugs(body.id)).toEqual(["new true"]);
  });

  it("are added, changed and taken away by themselves", async () => {
    const { body } = await create({ name: "crud" });
    const path = `/deployments/${body.id}/schedules`;
    const added = await api.call("POST", path, [{ ...hourly, slug: "a", parameters: { x: 1 } }]);
    expect(added).toMatchObject({ status: 201, body: [{ slug: "a", active: true, deployment_id: body.id }] });
    expect((await api.call("POST", path, [{ ...hourly, slug: "a" }])).status).toBe(409);
    const one = `${path}/${added.body[0].id}`;
    expect((await api.call("PATCH", one, { active: false, schedule: null })).status).toBe(204);
    expect((await api.call("GET", path)).body).toMatchObject([
      { slug: "a", active: false, schedule: { interval: 3600 } },
    ]);
    expect((await api.call("DELETE", one)).status).toBe(204);
    expect(await api.call("DELETE", one)).toMatchObject({
      status: 404,
      body: { detail: "Schedule not found." },
    });
    expect((await api.call("PATCH", one, {})).status).toBe(404);
    expect((await api.call("GET", `/deployments/${UNKNOWN_ID}/schedules`)).status).toBe(404);
  });

  it("make runs in a stretch of time, each once, until the deployment changes or is paused", async () => {
    const zoned = { cron: "0 9 * * *", timezone: "America/New_York" };
    const { body } = await create({ name: "timed", schedules: [{ schedule: zoned }] });
    const range = { start_time: "2031-03-08T00:00:00Z", end_time: "2031-03-10T23:00:00Z", min_runs: 10 };
    const schedule = () => api.call("POST", `/deployments/${body.id}/schedule`, range);
    const starts = async () =>
      (await runsOf(body.id)).map((run: { expected_start_time: string }) => run.expected_start_time);
    expect(await schedule()).toMatchObject({ status: 200, body: null });
    await schedule();
    const expected = ["2031-03-08T14:00:00Z", "2031-03-09T13:00:00Z", "2031-03-10T13:00:00Z"];
    expect(await starts()).toEqual(expected);
    await patch(body.id, { tags: ["changed"] });
    expect(await starts()).toEqual([]);
    await schedule();
    expect((await runsOf(body.id))[0].tags).toEqual(["auto-scheduled", "changed"]);
    expect((await api.call("POST", `/deployments/${body.id}/pause_deployment`)).status).toBe(200);
    expect(await starts()).toEqual([]);
    expect((await read(body.id)).paused).toBe(true);
    expect((await api.call("POST", `/deployments/${body.id}/resume_deployment`)).status).toBe(200);
    expect((await read(body.id)).paused).toBe(false);
    expect((await api.call("POST", `/deployments/${UNKNOWN_ID}/pause_deployment`)).status).toBe(404);
  });
});

describe("runs of a deployment", () => {
  it("take over what the deployment says, under what the request says", async () => {
    const { body } = await create({
      name: "runs",
      tags: ["b"],
      parameters: { x: 1, y: 1 },
      version: "v",
      labels: { mine: 1 },
    });
    const run = await api.call("POST", `/deployments/${body.id}/create_flow_run`, {
      parameters: { y: 2, z: { __prefect_kind: "json", value: "[3]" } },
      tags: ["a", "b"],
      labels: { own: true },
    });
    expect(run).toMatchObject({
      status: 201,
      body: {
        deployment_id: body.id,
        deployment_version: "v",
        flow_id: flowId,
        parameters: { x: 1, y: 2, z: [3] },
        tags: ["b", "a"],
        labels: {
          team: "x",
          mine: 1,
          own: true,
          "prefect.flow.id": flowId,
          "prefect.deployment.id": body.id,
        },
        state_name: "Scheduled",
        auto_scheduled: false,
      },
    });
    expect(await api.call("POST", `/deployments/${UNKNOWN_ID}/create_flow_run`, {})).toMatchObject(missing);
  });

  it("are refused for parameters and job variables that don't fit", async () => {
    const variables = { type: "object", properties: { image: { type: "string" } }, required: ["image"] };
    const base_job_template = { job_configuration: { image: "{{ image }}" }, variables };
    await api.call("POST", "/work_pools/", { name: "strict", type: "docker", base_job_template });
    const bad = await create({ name: "strict", work_pool_name: "strict", job_variables: { image: 5 } });
    expect(bad).toMatchObject({
      status: 422,
      body: { detail: /^Error creating deployment: Validation failed/ },
    });
    const { body } = await create({
      name: "strict",
      work_pool_name: "strict",
      parameter_openapi_schema: { type: "object", properties: { x: { type: "integer" } }, required: ["x"] },
    });
    const run = (fields: object) => api.call("POST", `/deployments/${body.id}/create_flow_run`, fields);
    const job_variables = { image: "i" };
    expect(await run({ job_variables })).toMatchObject({
      status: 409,
      body: {
        detail: "Error creating flow run: Validation failed. Failure reason: 'x' is a required property",
      },
    });
    expect((await run({ parameters: { x: 1 } })).status).toBe(422);
    expect((await run({ parameters: { x: 1 }, job_variables })).status).toBe(201);
    expect(
      (await run({ parameters: { x: "no" }, job_variables, enforce_parameter_schema: false })).status,
    ).toBe(201);
    const broken = { x: { __prefect_kind: "json", value: "{" } };
    expect((await run({ parameters: broken, job_variables })).status).toBe(400);
  });

  it("go to another queue of the pool when asked, and need a pool for that", async () => {
    await api.call("POST", "/work_pools/", { name: "lanes", type: "process" });
    const { body } = await create({ name: "lanes", work_pool_name: "lanes" });
    const run = await api.call("POST", `/deployments/${body.id}/create_flow_run`, {
      work_queue_name: "fast",
    });
    expect(run.body).toMatchObject({ work_queue_name: "fast", work_pool_name: "lanes" });
    expect(run.body.work_queue_id).not.toBe(body.work_queue_id);
    const loose = await create({ name: "loose" });
    const refused = await api.call("POST", `/deployments/${loose.body.id}/create_flow_run`, {
      work_queue_name: "q",
    });
    expect(refused.status).toBe(400);
  });

  it("are made once for an idempotency key", async () => {
    const { body } = await create({ name: "keyed" });
    const run = () => api.call("POST", `/deployments/${body.id}/create_flow_run`, { idempotency_key: "k" });
    const [first, second] = [await run(), await run()];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.id).toBe(first.body.id);
  });

  it("are made many at a time, each for itself, up to a hundred", async () => {
    const { body } = await create({ name: "bulk" });
    const path = `/deployments/${body.id}/create_flow_run/bulk`;
    const { body: answer } = await api.call("POST", path, [{}, { work_queue_name: "q" }, {}]);
    const statuses = answer.results.map(({ status }: { status: string }) => status);
    expect(statuses).toEqual(["CREATED", "FAILED", "CREATED"]);
    expect(await runsOf(body.id)).toHaveLength(2);
    expect(
      (
        await api.call(
          "POST",
          path,
          Array.from({ length: 101 }, () => ({})),
        )
      ).status,
    ).toBe(400);
    expect(await api.call("POST", `/deployments/${UNKNOWN_ID}/create_flow_run/bulk`, [])).toMatchObject(
      missing,
    );
  });

  it("are handed out when due, oldest first, and whoever asks makes the deployment ready", async () => {
    const { body } = await create({ name: "polled" });
    const at = (scheduled_time: string) =>
      api.call("POST", `/deployments/${body.id}/create_flow_run`, {
        state: { type: "SCHEDULED", state_details: { scheduled_time } },
      });
    const [late, soon] = [await at("2026-02-01T00:00:00Z"), await at("2026-01-01T00:00:00Z")];
    await at("2031-01-01T00:00:00Z");
    const due = await api.call("POST", "/deployments/get_scheduled_flow_runs", {
      deployment_ids: [body.id],
      scheduled_before: "2030-01-01T00:00:00Z",
    });
    expect(due.body.map(({ id }: { id: string }) => id)).toEqual([soon.body.id, late.body.id]);
    const polled = await read(body.id);
    expect(polled).toMatchObject({ status: "READY", updated: body.updated });
    const [, ready] = await publishedEvents(api, `prefect.deployment.${body.id}`, 2);
    expect(ready?.event).toBe("prefect.deployment.ready");
    expect((await api.call("POST", "/deployments/get_scheduled_flow_runs", {})).status).toBe(422);
  });
});

describe("lists of deployments", () => {
  it("filter, count and page", async () => {
    const flow = (await api.call("POST", "/flows/", { name: "listed" })).body.id;
    for (const name of ["a", "b", "c"]) await create({ flow_id: flow, name, tags: [name] });
    const flows = { id: { any_: [flow] } };
    const names = (body: { name: string }[]) => body.map(({ name }) => name);
    const list = await api.call("POST", "/deployments/filter", { flows, sort: "NAME_DESC", limit: 2 });
    expect(names(list.body)).toEqual(["c", "b"]);
    const page = await api.call("POST", "/deployments/paginate", { flows, limit: 2, page: 2 });
    expect(page.body).toMatchObject({ count: 3, pages: 2, page: 2, limit: 2, results: [{ name: "c" }] });
    expect((await api.call("POST", "/deployments/count", { flows })).body).toBe(3);
    const deployments = { name: { any_: ["a", "b"] }, tags: { any_: ["a", "b"] } };
    const { body } = await api.call("POST", "/deployments/bulk_delete", { deployments });
    expect(body.deleted).toHaveLength(2);
    expect((await api.call("POST", "/deployments/count", { flows })).body).toBe(1);
    expect((await api.call("POST", "/deployments/filter", { sort: "SIDEWAYS" })).status).toBe(422);
  });
});
