import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, startApi, UNKNOWN_ID } from "./fixtures/api.ts";

let api: Api;
let flowRunId: string;
beforeAll(async () => {
  api = await startApi();
  const { body: flow } = await api.call("POST", "/flows/", { name: "flow" });
  const run = { flow_id: flow.id, name: "run", labels: { team: "x" }, state: { type: "RUNNING" } };
  flowRunId = (await api.call("POST", "/flow_runs/", run)).body.id;
});
afterAll(() => api[Symbol.asyncDispose]());

let keys = 0;
const newTask = async (body: object = {}) =>
  (
    await api.call("POST", "/task_runs/", {
      flow_run_id: flowRunId,
      task_key: "task",
      dynamic_key: String(keys++),
      ...body,
    })
  ).body;

describe("making a task run", () => {
  it("needs its keys and a flow run that is there", async () => {
    expect((await api.call("POST", "/task_runs/", { task_key: "k" })).status).toBe(422);
    const orphan = { flow_run_id: UNKNOWN_ID, task_key: "k", dynamic_key: "0" };
    expect((await api.call("POST", "/task_runs/", orphan)).status).toBe(409);
  });

  it("answers 201, then 200 for the same keys", async () => {
    const body = { flow_run_id: flowRunId, task_key: "k", dynamic_key: "0", name: "first" };
    const first = await api.call("POST", "/task_runs/", body);
    expect(first).toMatchObject({
      status: 201,
      body: {
        name: "first",
        state_type: "PENDING",
        labels: { team: "x", "prefect.flow-run.id": flowRunId },
      },
    });
    const second = await api.call("POST", "/task_runs/", { ...body, name: "second" });
    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, name: "first" } });
  });

  it("keeps the id that the client chose", async () => {
    const id = "0198c0de-0000-7000-8000-00000000000b";
    expect((await newTask({ id })).id).toBe(id);
  });
});

describe("a task run", () => {
  it("goes through its states and keeps them in order", async () => {
    const { id } = await newTask();
    for (const type of ["RUNNING", "COMPLETED"]) {
      const answer = await api.call("POST", `/task_runs/${id}/set_state`, { state: { type } });
      expect(answer).toMatchObject({ status: 201, body: { status: "ACCEPT", state: { type } } });
    }
    const history = await api.call("GET", `/task_run_states/?task_run_id=${id}`);
    expect(history.body.map((state: { type: string }) => state.type)).toEqual([
      "PENDING",
      "RUNNING",
      "COMPLETED",
    ]);
    const [state] = history.body;
    expect((await api.call("GET", `/task_run_states/${state.id}`)).body).toEqual(state);
  });

  it("follows the flow run that it stands for", async () => {
    const { id } = await newTask({ task_key: "subflow" });
    const { body: flow } = await api.call("POST", "/flows/", { name: "child" });
    const child = { flow_id: flow.id, parent_task_run_id: id };
    const { body: run } = await api.call("POST", "/flow_runs/", child);
    await api.call("POST", `/flow_runs/${run.id}/set_state`, { state: { type: "RUNNING" } });
    await api.call("POST", `/flow_runs/${run.id}/set_state`, { state: { type: "FAILED", message: "why" } });
    expect((await api.call("GET", `/task_runs/${id}`)).body).toMatchObject({
      state_type: "FAILED",
      state: { message: "why", state_details: { child_flow_run_id: run.id } },
    });
  });

  it("is renamed and deleted, or is 404", async () => {
    const { id } = await newTask();
    expect((await api.call("PATCH", `/task_runs/${id}`, { name: "renamed" })).status).toBe(204);
    expect((await api.call("GET", `/task_runs/${id}`)).body.name).toBe("renamed");
    expect((await api.call("PATCH", `/task_runs/${UNKNOWN_ID}`, { name: "x" })).body).toEqual({
      detail: "Task run not found",
    });
    expect((await api.call("DELETE", `/task_runs/${id}`)).status).toBe(204);
    expect((await api.call("GET", `/task_runs/${id}`)).body).toEqual({ detail: "Task not found" });
    expect(
      await api.call("POST", `/task_runs/${UNKNOWN_ID}/set_state`, { state: { type: "RUNNING" } }),
    ).toMatchObject({
      status: 404,
      body: { exception_message: expect.stringContaining(UNKNOWN_ID) },
    });
  });
});

describe("lists of task runs", () => {
  it("filter by the flow run, count, page, and count by state for screens", async () => {
    const { body: flow } = await api.call("POST", "/flows/", { name: "lists" });
    const { body: run } = await api.call("POST", "/flow_runs/", {
      flow_id: flow.id,
      state: { type: "RUNNING" },
    });
    const [first] = [await newTask({ flow_run_id: run.id }), await newTask({ flow_run_id: run.id })];
    await api.call("POST", `/task_runs/${first.id}/set_state`, { state: { type: "RUNNING" } });
    const flow_runs = { id: { any_: [run.id] } };
    expect((await api.call("POST", "/task_runs/filter", { flow_runs })).body).toHaveLength(2);
    expect((await api.call("POST", "/task_runs/count", { flow_runs })).body).toBe(2);
    const page = await api.call("POST", "/task_runs/paginate", { flow_runs, limit: 1 });
    expect(page.body).toMatchObject({ count: 2, pages: 2 });
    expect(page.body.results[0]).not.toHaveProperty("dynamic_key");
    const byState = await api.call("POST", "/ui/task_runs/count", { flow_runs });
    expect(byState.body).toMatchObject({ RUNNING: 1, PENDING: 1, COMPLETED: 0 });
    const perRun = await api.call("POST", "/ui/flow_runs/count-task-runs", {
      flow_run_ids: [run.id, UNKNOWN_ID],
    });
    expect(perRun.body).toEqual({ [run.id]: 2, [UNKNOWN_ID]: 0 });
    expect((await api.call("GET", `/ui/task_runs/${first.id}`)).body.flow_run_name).toBe(run.name);
  });

  it("need to know from when on the dashboard counts", async () => {
    expect(await api.call("POST", "/ui/task_runs/dashboard/counts", { task_runs: {} })).toMatchObject({
      status: 422,
      body: { detail: "task_runs.start_time.after_ is required" },
    });
    const start_time = { after_: new Date(Date.now() - 3_600_000).toISOString() };
    const counts = await api.call("POST", "/ui/task_runs/dashboard/counts", { task_runs: { start_time } });
    expect(counts.body).toHaveLength(20);
  });
});
