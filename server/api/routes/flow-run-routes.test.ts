import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";

let api: Api;
let flowId: string;
beforeAll(async () => {
  api = await startApi({ maxParameterBytes: 1000 });
  flowId = (await api.call("POST", "/flows/", { name: "flow", labels: { of: "flow", both: "flow" } })).body
    .id;
});
afterAll(() => api[Symbol.asyncDispose]());

async function newRun(body: object = {}): Promise<{ id: string; name: string; state: { id: string } }> {
  return (await api.call("POST", "/flow_runs/", { flow_id: flowId, ...body })).body;
}

const setState = (id: string, state: object, force = false) =>
  api.call("POST", `/flow_runs/${id}/set_state`, { state, force });

describe("making a flow run", () => {
  it("needs a flow", async () => {
    expect((await api.call("POST", "/flow_runs/", {})).status).toBe(422);
    expect((await api.call("POST", "/flow_runs/", { flow_id: "x" })).body.exception_detail).toMatchObject([
      { type: "uuid_parsing", loc: ["body", "flow_id"], input: "x" },
    ]);
    expect((await api.call("POST", "/flow_runs/", { flow_id: UNKNOWN_ID })).status).toBe(409);
  });

  it("gives it a name, a first state, and labels of its flow, the system and its own, the last winning", async () => {
    const answer = await api.call("POST", "/flow_runs/", { flow_id: flowId, labels: { both: "run" } });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: expect.stringMatching(/^[a-z]+-[a-z]+$/),
      state_type: "PENDING",
      state_name: "Pending",
      labels: { of: "flow", both: "run", "prefect.flow.id": flowId },
      run_count: 0,
      created_by: null,
    });
    expect(answer.body.expected_start_time).toBe(answer.body.state.timestamp);
  });

  it("finds the run of the same idempotency key and leaves it as it is", async () => {
    const first = await api.call("POST", "/flow_runs/", {
      flow_id: flowId,
      idempotency_key: "k",
      name: "one",
    });
    const second = await api.call("POST", "/flow_runs/", {
      flow_id: flowId,
      idempotency_key: "k",
      name: "two",
    });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toMatchObject({ id: first.body.id, name: "one" });
    const history = await api.call("GET", `/flow_run_states/?flow_run_id=${first.body.id}`);
    expect(history.body).toHaveLength(1);
  });

  it("refuses parameters that are too large, without sending them back", async () => {
    const answer = await api.call("POST", "/flow_runs/", {
      flow_id: flowId,
      parameters: { x: "a".repeat(2000) },
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({
      exception_message: "Invalid request received.",
      exception_detail: [
        {
          type: "value_error",
          loc: ["body", "parameters"],
          msg: "Value error, Flow run parameters must be less than 1,000 bytes when serialized (got 2,008 bytes).",
          input: null,
          ctx: { error: {} },
        },
      ],
      request_body: null,
    });
  });

  it("remembers the automation that made it", async () => {
    const headers = {
      "prefect-automation-id": "0198c0de-0000-7000-8000-000000000009",
      "prefect-automation-name": Buffer.from("nightly").toString("base64"),
    };
    const answer = await api.call("POST", "/flow_runs/", { flow_id: flowId }, headers);
    expect(answer.body.created_by).toEqual({
      id: headers["prefect-automation-id"],
      type: "AUTOMATION",
      display_value: "nightly",
    });
  });
});

describe("proposing a state", () => {
  it("answers 201 with the new state and the attempt that holds the run", async () => {
    const { id } = await newRun();
    const answer = await setState(id, { type: "RUNNING" });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        status: "ACCEPT",
        details: { type: "accept_details" },
        state: { type: "RUNNING", name: "Running" },
      },
    });
    expect(answer.headers.get("x-sluice-attempt")).toBe("1");
    expect((await api.call("GET", `/flow_runs/${id}`)).body.state).toEqual(answer.body.state);
  });

  it("answers 200 when the run stays in its state", async () => {
    const { id } = await newRun({
      state: { type: "SCHEDULED", state_details: { scheduled_time: "2100-01-01" } },
    });
    const answer = await setState(id, { type: "RUNNING" });
    expect(answer).toMatchObject({ status: 200, body: { status: "WAIT", state: { type: "SCHEDULED" } } });
  });

  it("is one transition however often the same one is sent", async () => {
    const { id } = await newRun();
    const state = {
      type: "RUNNING",
      state_details: { transition_id: "0198c0de-0000-7000-8000-00000000000a" },
    };
    const answers = await Promise.all([setState(id, state), setState(id, state), setState(id, state)]);
    expect(answers.filter(({ body }) => body.status === "ACCEPT")).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body.state.id)).size).toBe(1);
    expect((await api.call("GET", `/flow_run_states/?flow_run_id=${id}`)).body).toHaveLength(2);
  });

  it("refuses what is no state, and runs that aren't there", async () => {
    const { id } = await newRun();
    expect((await setState(id, { type: "NOPE" })).status).toBe(422);
    expect((await setState(id, { type: "RUNNING", id: UNKNOWN_ID })).status).toBe(422);
    expect(await setState(UNKNOWN_ID, { type: "RUNNING" })).toMatchObject({
      status: 404,
      body: { exception_message: `Flow run with id ${UNKNOWN_ID} not found` },
    });
  });

  it("keeps the history of a retry in order", async () => {
    const { id } = await newRun({ empirical_policy: { retries: 1, retry_delay: 0 } });
    for (const type of ["RUNNING", "FAILED", "RUNNING", "FAILED"]) await setState(id, { type });
    const { body } = await api.call("GET", `/flow_run_states/?flow_run_id=${id}`);
    expect(body.map((state: { name: string }) => state.name)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Running",
      "Failed",
    ]);
    expect((await api.call("GET", `/flow_runs/${id}`)).body).toMatchObject({
      run_count: 2,
      state_name: "Failed",
    });
  });
});

describe("an execution that was replaced", () => {
  it("can't change the run any more once it says which attempt it is", async () => {
    const { id } = await newRun({ empirical_policy: { retries: 5 } });
    const first = await setState(id, { type: "RUNNING" });
    await setState(id, { type: "CRASHED" }, true);
    await setState(id, { type: "PENDING" }, true);
    const second = await setState(id, { type: "RUNNING" });
    const attempts = [first, second].map(({ headers }) => headers.get("x-sluice-attempt"));
    expect(attempts).toEqual(["1", "2"]);
    const propose = (attempt: string) =>
      api.call(
        "POST",
        `/flow_runs/${id}/set_state`,
        { state: { type: "COMPLETED" } },
        { "x-sluice-attempt": attempt },
      );
    expect(await propose("1")).toMatchObject({
      status: 200,
      body: { status: "ABORT", details: { reason: expect.stringContaining("superseded") } },
    });
    expect(await propose("2")).toMatchObject({ status: 201, body: { status: "ACCEPT" } });
  });
});

describe("resuming", () => {
  it("goes on from a pause, once", async () => {
    const { id } = await newRun();
    await setState(id, { type: "RUNNING" });
    await setState(id, { type: "PAUSED", state_details: { pause_key: "1", pause_timeout: "2100-01-01" } });
    expect(await api.call("POST", `/flow_runs/${id}/resume`)).toMatchObject({
      status: 201,
      body: { status: "ACCEPT", state: { type: "RUNNING" } },
    });
    expect(await api.call("POST", `/flow_runs/${id}/resume`)).toMatchObject({
      status: 200,
      body: {
        status: "ABORT",
        state: null,
        details: { type: "abort_details", reason: "Cannot resume a flow run that is not paused." },
      },
    });
  });
});

describe("changing a flow run", () => {
  it("writes the keys that are sent, null included", async () => {
    const run = await newRun({ flow_version: "1", tags: ["a"] });
    expect(
      (await api.call("PATCH", `/flow_runs/${run.id}`, { flow_version: null, name: "new" })).status,
    ).toBe(204);
    expect((await api.call("GET", `/flow_runs/${run.id}`)).body).toMatchObject({
      flow_version: null,
      name: "new",
      tags: ["a"],
    });
    expect((await api.call("PATCH", `/flow_runs/${UNKNOWN_ID}`, { name: "x" })).status).toBe(404);
    expect((await api.call("PATCH", `/flow_runs/${run.id}`, { state: {} })).status).toBe(422);
  });

  it("changes job variables only before the infrastructure is on its way", async () => {
    const { id } = await newRun();
    expect(await api.call("PATCH", `/flow_runs/${id}`, { job_variables: { a: 1 } })).toMatchObject({
      status: 400,
      body: { detail: "Job variables for a flow run in state PENDING cannot be updated" },
    });
  });

  it("lays labels over those that are there", async () => {
    const { id } = await newRun({ labels: { a: 1, b: 2 } });
    expect((await api.call("PATCH", `/flow_runs/${id}/labels`, { b: 3, c: true })).status).toBe(204);
    expect((await api.call("GET", `/flow_runs/${id}`)).body.labels).toMatchObject({ a: 1, b: 3, c: true });
    expect((await api.call("PATCH", `/flow_runs/${id}/labels`, { b: { c: 1 } })).status).toBe(422);
    expect((await api.call("PATCH", `/flow_runs/${UNKNOWN_ID}/labels`, { b: 1 })).status).toBe(404);
  });
});

describe("deleting a flow run", () => {
  it("deletes what hangs on it", async () => {
    const { id } = await newRun();
    await api.call("POST", "/task_runs/", { flow_run_id: id, task_key: "t", dynamic_key: "0" });
    await api.call("POST", "/logs/", [
      { name: "l", level: 20, message: "m", timestamp: "2026-01-01T00:00:00Z", flow_run_id: id },
    ]);
    expect((await api.call("DELETE", `/flow_runs/${id}`)).status).toBe(204);
    expect((await api.call("DELETE", `/flow_runs/${id}`)).status).toBe(404);
    const filter = { flow_run_id: { any_: [id] } };
    expect((await api.call("POST", "/task_runs/count", { task_runs: filter })).body).toBe(0);
    expect((await api.call("POST", "/logs/filter", { logs: filter })).body).toEqual([]);
    expect((await api.call("GET", `/flow_run_states/?flow_run_id=${id}`)).body).toEqual([]);
  });
});

describe("lists of flow runs", () => {
  it("filter by state, count, page and tell the newest first", async () => {
    const tags = ["listed"];
    const ids = [await newRun({ tags }), await newRun({ tags }), await newRun({ tags })].map(({ id }) => id);
    await setState(ids[0] ?? "", { type: "RUNNING" });
    const flow_runs = { tags: { all_: tags } };
    const list = await api.call("POST", "/flow_runs/filter", { flow_runs });
    expect(list.body.map((run: { id: string }) => run.id)).toEqual(ids.toReversed());
    const running = { ...flow_runs, state: { type: { any_: ["RUNNING"] } } };
    expect((await api.call("POST", "/flow_runs/count", { flow_runs: running })).body).toBe(1);
    const page = await api.call("POST", "/flow_runs/paginate", { flow_runs, limit: 2 });
    expect(page.body).toMatchObject({ count: 3, pages: 2, page: 1, limit: 2 });
    expect(page.body.results).toHaveLength(2);
  });

  it("propose a state to many, each on its own", async () => {
    const tags = ["bulk"];
    const done = await newRun({ tags, state: { type: "COMPLETED", data: { storage_key: "k" } } });
    const open = await newRun({ tags });
    const { body } = await api.call("POST", "/flow_runs/bulk_set_state", {
      flow_runs: { tags: { all_: tags } },
      state: { type: "RUNNING" },
    });
    const statuses = Object.fromEntries(
      body.results.map((result: { flow_run_id: string; status: string }) => [
        result.flow_run_id,
        result.status,
      ]),
    );
    expect(statuses).toEqual({ [open.id]: "ACCEPT", [done.id]: "REJECT" });
  });

  it("draw a history of runs by state", async () => {
    const tags = ["drawn"];
    await newRun({
      tags,
      state: { type: "SCHEDULED", state_details: { scheduled_time: "2030-01-01T00:30:00Z" } },
    });
    const { body } = await api.call("POST", "/flow_runs/history", {
      history_start: "2030-01-01T00:00:00Z",
      history_end: "2030-01-01T01:00:00Z",
      history_interval_seconds: 1800,
      flow_runs: { tags: { all_: tags } },
    });
    expect(body).toEqual([
      { interval_start: "2030-01-01T00:00:00Z", interval_end: "2030-01-01T00:30:00Z", states: [] },
      {
        interval_start: "2030-01-01T00:30:00Z",
        interval_end: "2030-01-01T01:00:00Z",
        states: [
          {
            state_type: "SCHEDULED",
            state_name: "Scheduled",
            count_runs: 1,
            sum_estimated_run_time: 0,
            sum_estimated_lateness: 0,
          },
        ],
      },
    ]);
  });
});

describe("the graph of a flow run", () => {
  it("shows task runs, subflows and what they waited for", async () => {
    const { id } = await newRun({ state: { type: "RUNNING" } });
    const task = (key: string, task_inputs: object = {}) =>
      api.call("POST", "/task_runs/", {
        flow_run_id: id,
        task_key: key,
        dynamic_key: "0",
        name: key,
        task_inputs,
      });
    const { body: first } = await task("first");
    const { body: tracking } = await task("tracking", { x: [{ input_type: "task_run", id: first.id }] });
    const child = await newRun({ parent_task_run_id: tracking.id, name: "child" });
    const { body: graph } = await api.call("GET", `/flow_runs/${id}/graph-v2`);
    const nodes = new Map<string, { kind: string; label: string; parents: unknown }>(graph.nodes);
    expect(nodes.get(first.id)).toMatchObject({ kind: "task-run", label: "first", parents: [] });
    expect(nodes.get(child.id)).toMatchObject({
      kind: "flow-run",
      label: "flow / child",
      parents: [{ id: first.id }],
    });
    expect(graph.root_node_ids).toEqual([first.id]);
  });

  it("of an unknown run is 404", async () => {
    for (const graph of ["graph", "graph-v2"]) {
      expect((await api.call("GET", `/flow_runs/${UNKNOWN_ID}/${graph}`)).status).toBe(404);
    }
  });
});
