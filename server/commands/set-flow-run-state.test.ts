import { type Id, newId } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { newState } from "../orchestration/states.ts";
import { bulkSetFlowRunState } from "./bulk-set-flow-run-state.ts";
import { cancelTimedOutFlowRun } from "./cancel-timed-out-flow-run.ts";
import { createFlowRun } from "./create-flow-run.ts";
import { createTaskRun } from "./create-task-run.ts";
import { failExpiredPause } from "./fail-expired-pause.ts";
import { CALLER, CommandWorld } from "./fixtures/command-world.ts";
import { markFlowRunLate } from "./mark-flow-run-late.ts";
import { setFlowRunState } from "./set-flow-run-state.ts";
import { setTaskRunState } from "./set-task-run-state.ts";

const TRANSITION = "00000000-0000-4000-8000-0000000000a1" as Id<"transition">;

describe("creating a flow run", () => {
  test("writes its first state, its bookkeeping and its event", async () => {
    await using world = await CommandWorld.open();
    const run = await world.create({ name: "first" });
    expect(await world.read(run.id)).toMatchObject({
      name: "first",
      attempt: 1,
      expected_start_time: run.state?.timestamp,
      labels: { "prefect.flow.id": world.flowId },
      state: { type: "PENDING", state_details: { flow_run_id: run.id } },
    });
    expect(await world.history(run.id)).toMatchObject([{ id: run.state?.id }]);
    expect(await world.events()).toMatchObject([{ id: run.state?.id, event: "prefect.flow-run.Pending" }]);
  });

  test("finds the run of the same idempotency key, and leaves it as it is", async () => {
    await using world = await CommandWorld.open();
    const body = world.flowRunCreate({ idempotency_key: "nightly", state: newState("SCHEDULED") });
    const first = await createFlowRun(world.context, CALLER, body);
    await world.propose(first.run.id, "PENDING");
    const again = await createFlowRun(world.context, CALLER, body);
    expect([first.created, again.created]).toEqual([true, false]);
    expect(again.run).toMatchObject({ id: first.run.id, state: { type: "PENDING" } });
    expect(await world.history(first.run.id)).toHaveLength(2);
  });

  test("makes one run of many that come in together with one key", async () => {
    await using world = await CommandWorld.open();
    const body = world.flowRunCreate({ idempotency_key: "nightly" });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => createFlowRun(world.context, CALLER, body)),
    );
    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(await world.events()).toHaveLength(1);
  });

  test("fails alone when its flow does not exist", async () => {
    await using world = await CommandWorld.open();
    const orphan = createFlowRun(
      world.context,
      CALLER,
      world.flowRunCreate({ flow_id: newId<"flow">() }),
    ).catch((error: unknown) => error);
    const [good, bad] = await Promise.all([world.create(), orphan]);
    expect(bad).toMatchObject({ name: "StoreConflictError" });
    expect((await world.read(good.id)).state?.type).toBe("PENDING");
  });

  test("refuses a work pool that is not there", async () => {
    await using world = await CommandWorld.open();
    await expect(world.create({ work_pool_name: "kubernetes" })).rejects.toMatchObject({
      code: "not_found",
      message: 'Work pool "kubernetes" not found.',
    });
  });
});

describe("setting a flow run's state", () => {
  test("keeps history, columns and events together", async () => {
    await using world = await CommandWorld.open();
    const { id } = await world.create();
    const running = await world.propose(id, "RUNNING");
    world.advance(60);
    const completed = await world.propose(id, "COMPLETED");
    expect(running).toMatchObject({ status: "ACCEPT", created: true, attempt: 1 });
    const run = await world.read(id);
    expect(run).toMatchObject({ run_count: 1, start_time: running.state?.timestamp, end_time: world.now });
    expect(run.total_run_time).toBe((completed.state?.timestamp ?? 0) - (running.state?.timestamp ?? 0));
    expect((await world.history(id)).map(({ name }) => name)).toEqual(["Pending", "Running", "Completed"]);
    const events = await world.events();
    expect(events.map(({ event }) => event)).toEqual([
      "prefect.flow-run.Pending",
      "prefect.flow-run.Running",
      "prefect.flow-run.Completed",
    ]);
    expect(events.map(({ follows }) => follows)).toEqual([null, events[0]?.id, events[1]?.id]);
  });

  test("makes the same transition once", async () => {
    await using world = await CommandWorld.open();
    const { id } = await world.create();
    const first = await world.propose(id, "RUNNING", { transition_id: TRANSITION });
    const again = await world.propose(id, "RUNNING", { transition_id: TRANSITION });
    expect(again).toMatchObject({ status: "REJECT", created: false, state: { id: first.state?.id } });
    expect((await world.read(id)).run_count).toBe(1);
  });

  test("lets one of many claim a run", async () => {
    await using world = await CommandWorld.open();
    const { id } = await world.create({ state: newState("SCHEDULED") });
    const claims = await Promise.all(Array.from({ length: 10 }, () => world.propose(id, "PENDING")));
    expect(claims.filter(({ status }) => status === "ACCEPT")).toHaveLength(1);
    expect(claims.filter(({ status }) => status === "ABORT")).toHaveLength(9);
  });

  test("refuses what a superseded attempt says", async () => {
    await using world = await CommandWorld.open();
    const { id } = await world.create();
    const first = await world.propose(id, "RUNNING");
    const second = await world.propose(id, "RUNNING");
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    const caller = { ...CALLER, attempt: first.attempt };
    const proposal = { state: newState("COMPLETED"), force: false };
    expect(await setFlowRunState(world.context, caller, id, proposal)).toMatchObject({
      status: "ABORT",
      state: { type: "RUNNING" },
    });
  });

  test("answers 404 for a run that is not there, without hurting its batch", async () => {
    await using world = await CommandWorld.open();
    const { id } = await world.create();
    const missing = world.propose(newId<"flow-run">(), "RUNNING").catch((error: unknown) => error);
    const [found, error] = await Promise.all([world.propose(id, "RUNNING"), missing]);
    expect(found.status).toBe("ACCEPT");
    expect(error).toMatchObject({
      code: "object_not_found",
      message: expect.stringMatching(/^Flow run with id .* not found$/) as string,
    });
  });

  test("does not find a run of another workspace", async () => {
    await using world = await CommandWorld.open();
    const { id } = await world.create();
    const stranger = { ...CALLER, workspace_id: newId<"workspace">() };
    const proposal = { state: newState("CANCELLED"), force: true };
    await expect(setFlowRunState(world.context, stranger, id, proposal)).rejects.toMatchObject({
      code: "object_not_found",
    });
    expect((await world.read(id)).state?.type).toBe("PENDING");
  });

  test("puts a subflow's task run into the same state", async () => {
    await using world = await CommandWorld.open();
    const parent = await world.create();
    const body = world.taskRunCreate({ flow_run_id: parent.id });
    const { run: taskRun } = await createTaskRun(world.context, CALLER, body);
    const { id } = await world.create({ parent_task_run_id: taskRun.id });
    await world.propose(id, "RUNNING");
    const { reads } = world.context.store;
    expect(await reads.taskRuns.read(CALLER.workspace_id, taskRun.id)).toMatchObject({
      run_count: 1,
      state: { type: "RUNNING", state_details: { child_flow_run_id: id, flow_run_id: parent.id } },
    });
  });

  test("tells of flow, parent, tags and creator in the event, in that order", async () => {
    await using world = await CommandWorld.open();
    const parent = await world.create();
    const body = world.taskRunCreate({ flow_run_id: parent.id, tags: ["of-task"], name: "call" });
    const { run: taskRun } = await createTaskRun(world.context, CALLER, body);
    const automation = newId<"actor">();
    const caller = {
      ...CALLER,
      actor: { id: automation, type: "AUTOMATION", display_value: "nightly" },
    } as const;
    const create = world.flowRunCreate({ parent_task_run_id: taskRun.id, tags: ["b", "a"] });
    const { run } = await createFlowRun(world.context, caller, create);
    const event = (await world.events()).find(({ id }) => id === (run.state?.id as string));
    expect(event?.related.map((resource) => resource["prefect.resource.role"])).toEqual([
      "flow",
      "task-run",
      "tag",
      "tag",
      "tag",
      "tag",
      "creator",
    ]);
    expect(event?.related.slice(2, 6).map((resource) => resource["prefect.resource.id"])).toEqual([
      "prefect.tag.a",
      "prefect.tag.b",
      "prefect.tag.of-flow",
      "prefect.tag.of-task",
    ]);
    expect(event?.related.at(-1)).toEqual({
      "prefect.resource.id": `prefect.automation.${automation}`,
      "prefect.resource.role": "creator",
      "prefect.resource.name": "nightly",
    });
  });

  test("sets many states at once, each on its own", async () => {
    await using world = await CommandWorld.open();
    const runs = [await world.create(), await world.create(), await world.create()];
    await world.propose(runs[1]?.id ?? newId(), "CANCELLING");
    const ids = runs.map(({ id }) => id);
    const results = await bulkSetFlowRunState(
      world.context,
      CALLER,
      { operator: "and_", id: { any_: ids } },
      { state: newState("COMPLETED"), force: false },
      10,
    );
    expect(Object.fromEntries(results.map(({ flow_run_id, status }) => [flow_run_id, status]))).toEqual({
      [ids[0] ?? ""]: "ACCEPT",
      [ids[1] ?? ""]: "REJECT",
      [ids[2] ?? ""]: "ACCEPT",
    });
  });
});

describe("background work", () => {
  test("fails a pause that has run out, and leaves one alone that was resumed meanwhile", async () => {
    await using world = await CommandWorld.open();
    const [expired, resumed] = [await world.create(), await world.create()];
    const timeout = world.now;
    for (const { id } of [expired, resumed]) {
      await world.propose(id, "RUNNING");
      await world.propose(id, "PAUSED", { pause_timeout: timeout });
    }
    const { overdueRuns } = world.context.store.reads;
    const found = await overdueRuns.listExpiredPauses(world.now, 10);
    expect(found).toHaveLength(2);
    await world.propose(resumed.id, "RUNNING", { force: true });
    for (const run of found) await failExpiredPause(world.context, run);
    expect((await world.read(expired.id)).state).toMatchObject({
      type: "FAILED",
      message: "The flow was paused and never resumed.",
    });
    expect((await world.read(resumed.id)).state?.type).toBe("RUNNING");
  });

  test("ends a cancellation that nobody carried out, unless the run was cancelled anew meanwhile", async () => {
    await using world = await CommandWorld.open();
    const [left, renewed] = [await world.create(), await world.create()];
    for (const { id } of [left, renewed]) {
      await world.propose(id, "RUNNING");
      await world.propose(id, "CANCELLING");
    }
    const found = await world.context.store.reads.overdueRuns.listCancelling(world.now, 10);
    await world.propose(renewed.id, "RUNNING", { force: true });
    await world.propose(renewed.id, "CANCELLING");
    const cancelled = new Map<string, boolean>();
    for (const run of found) cancelled.set(run.id, await cancelTimedOutFlowRun(world.context, run));
    expect(Object.fromEntries(cancelled)).toEqual({ [left.id]: true, [renewed.id]: false });
    expect((await world.read(left.id)).state?.type).toBe("CANCELLED");
    expect((await world.read(renewed.id)).state?.type).toBe("CANCELLING");
  });

  test("marks an overdue run as late with the time it had", async () => {
    await using world = await CommandWorld.open();
    const scheduled_time = world.now;
    const { id } = await world.create({
      state: newState("SCHEDULED", { state_details: { scheduled_time } }),
    });
    const [late] = await world.context.store.reads.overdueRuns.listLate(world.now, 10);
    expect(late?.id).toBe(id);
    if (late) await markFlowRunLate(world.context, late);
    expect((await world.read(id)).state).toMatchObject({ name: "Late", state_details: { scheduled_time } });
  });
});

describe("setting a task run's state", () => {
  test("keeps a result under its cache key and finds it again", async () => {
    await using world = await CommandWorld.open();
    const { context } = world;
    const first = await createTaskRun(context, CALLER, world.taskRunCreate({ dynamic_key: "1" }));
    const second = await createTaskRun(context, CALLER, world.taskRunCreate({ dynamic_key: "2" }));
    const data = { storage_key: "results/1" };
    const state_details = { cache_key: "k" };
    const running = { state: newState("RUNNING", { state_details }), force: false };
    await setTaskRunState(context, CALLER, first.run.id, running);
    await setTaskRunState(context, CALLER, first.run.id, {
      state: newState("COMPLETED", { data, state_details }),
      force: false,
    });
    expect(await setTaskRunState(context, CALLER, second.run.id, running)).toMatchObject({
      status: "REJECT",
      state: { type: "COMPLETED", name: "Cached", data },
    });
  });

  test("finds the task run of the same key, and leaves it as it is", async () => {
    await using world = await CommandWorld.open();
    const first = await createTaskRun(world.context, CALLER, world.taskRunCreate());
    const again = await createTaskRun(world.context, CALLER, world.taskRunCreate());
    expect([first.created, again.created]).toEqual([true, false]);
    expect(again.run.id).toBe(first.run.id);
  });
});
