import type { DeploymentFilter, FlowRunId } from "@sluice/schemas";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeploymentRow, DeploymentSchedule } from "../deployments.ts";
import { StoreConflictError } from "../errors.ts";
import type { NewFlowRun } from "../flow-runs.ts";
import type { Flow } from "../flows.ts";
import type { Store } from "../store.ts";
import {
  aDeployment,
  aDeploymentSchedule,
  aFlow,
  aFlowRun,
  aState,
  NOON,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
  WORKSPACE,
} from "./fixtures.ts";

export function deploymentSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  let flow: Flow;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  beforeEach(async () => {
    ({ flow } = await store.transaction((tx) => tx.flows.create(aFlow())));
  });
  afterAll(() => under[Symbol.asyncDispose]());

  async function make(
    changes: Partial<DeploymentRow> = {},
    schedules: Partial<DeploymentSchedule>[] = [],
  ): Promise<DeploymentRow> {
    const deployment = aDeployment(flow, changes);
    await store.transaction(async (tx) => {
      expect(await tx.deployments.create(deployment)).toBe(true);
      await tx.deployments.createSchedules(
        schedules.map((change) => aDeploymentSchedule(deployment, change)),
      );
    });
    return deployment;
  }

  const read = (deployment: Pick<DeploymentRow, "id">) =>
    store.reads.deployments.read(WORKSPACE, deployment.id);

  function scheduledRun(deployment: DeploymentRow, changes: Partial<NewFlowRun> = {}): NewFlowRun {
    const moment = changes.next_scheduled_start_time ?? noon(60);
    return aFlowRun(flow, {
      deployment_id: deployment.id,
      auto_scheduled: true,
      expected_start_time: moment,
      next_scheduled_start_time: moment,
      state: aState("SCHEDULED", { state_details: { scheduled_time: moment } }),
      ...changes,
    });
  }

  it("are read as they were written, with their flow and schedules, by id and by names", async () => {
    const written = await make(
      {
        tags: ["b", "a"],
        parameters: { x: [1, null] },
        pull_steps: [{ step: {} }],
        concurrency_options: null,
      },
      [
        { slug: "first", updated: noon(1) },
        { slug: "second", updated: noon(2) },
      ],
    );
    const found = await read(written);
    expect(found).toMatchObject({
      ...written,
      flow: { id: flow.id, name: flow.name },
      work_pool: null,
      work_queue: null,
    });
    expect(found?.schedules.map(({ slug }) => slug)).toEqual(["second", "first"]);
    expect(await store.reads.deployments.readByName(WORKSPACE, flow.name, written.name)).toEqual(found);
    expect(await store.reads.deployments.read(otherWorkspace(), written.id)).toBeNull();
    expect(await store.reads.deployments.readByName(otherWorkspace(), flow.name, written.name)).toBeNull();
  });

  it("have names that are taken once in a flow", async () => {
    const first = await make();
    const second = aDeployment(flow, { name: first.name });
    expect(await store.transaction((tx) => tx.deployments.create(second))).toBe(false);
    const found = await store.transaction((tx) => tx.deployments.lockByName(WORKSPACE, flow.id, first.name));
    expect(found?.id).toBe(first.id);
  });

  it("belong to a flow that is there, and go with it", async () => {
    const orphan = aDeployment(aFlow());
    await expect(store.transaction((tx) => tx.deployments.create(orphan))).rejects.toThrow(
      StoreConflictError,
    );
    const deployment = await make();
    await store.transaction((tx) => tx.flows.delete(WORKSPACE, [flow.id]));
    expect(await read(deployment)).toBeNull();
  });

  it("change only in the keys that are given", async () => {
    const deployment = await make({ description: "old", paused: false, tags: ["a"] });
    await store.transaction((tx) =>
      tx.deployments.update(deployment.id, { description: null, paused: true, updated: noon(5) }),
    );
    expect(await read(deployment)).toMatchObject({
      ...deployment,
      description: null,
      paused: true,
      updated: noon(5),
    });
  });

  it("keep schedules apart by slug; nameless ones are any number", async () => {
    const deployment = await make({}, [{ slug: "a" }, { slug: null }, { slug: null }]);
    const again = aDeploymentSchedule(deployment, { slug: "a" });
    await expect(store.transaction((tx) => tx.deployments.createSchedules([again]))).rejects.toThrow(
      StoreConflictError,
    );
    const schedules = (await read(deployment))?.schedules ?? [];
    const named = schedules.find(({ slug }) => slug === "a");
    if (!named) throw new Error("the schedule is not there");
    const change = (id: DeploymentSchedule["id"]) =>
      store.transaction((tx) =>
        tx.deployments.updateSchedule(deployment.id, id, { active: false, updated: noon(9) }),
      );
    expect(await change(named.id)).toBe(true);
    expect(await change(again.id)).toBe(false);
    const remove = (id?: DeploymentSchedule["id"]) =>
      store.transaction((tx) => tx.deployments.deleteSchedules(deployment.id, id));
    expect((await read(deployment))?.schedules[0]).toEqual({ ...named, active: false, updated: noon(9) });
    expect(await remove(named.id)).toBe(1);
    expect(await remove(named.id)).toBe(0);
    expect(await remove()).toBe(2);
  });

  it("lose the scheduled runs that have not begun, and no others", async () => {
    const deployment = await make();
    const names = async (ids: readonly FlowRunId[]) =>
      (await store.reads.flowRuns.readMany(WORKSPACE, ids)).map(({ name }) => name).toSorted();
    const runs = [
      scheduledRun(deployment, { name: "future" }),
      scheduledRun(deployment, { name: "overdue", next_scheduled_start_time: noon(-60) }),
      scheduledRun(deployment, { name: "by-hand", auto_scheduled: false }),
      scheduledRun(deployment, { name: "ran-before", run_count: 1 }),
      scheduledRun(deployment, {
        name: "waits-for-slot",
        state: aState("SCHEDULED", {
          name: "AwaitingConcurrencySlot",
          state_details: { scheduled_time: noon(60) },
        }),
      }),
      scheduledRun(deployment, { name: "running", state: aState("RUNNING") }),
    ];
    await store.transaction((tx) => tx.flowRuns.create(runs));
    const ids = runs.map(({ id }) => id);
    const remove = (which: { autoScheduledOnly: boolean; after: typeof NOON | null }) =>
      store.transaction((tx) => tx.deployments.deleteScheduledRuns(deployment.id, which));
    expect(await remove({ autoScheduledOnly: true, after: NOON })).toHaveLength(1);
    expect(await names(ids)).toEqual(["by-hand", "overdue", "ran-before", "running", "waits-for-slot"]);
    expect(await remove({ autoScheduledOnly: true, after: null })).toHaveLength(1);
    expect(await remove({ autoScheduledOnly: false, after: null })).toHaveLength(1);
    expect(await names(ids)).toEqual(["ran-before", "running", "waits-for-slot"]);
  });

  it("become ready when they are polled and not ready when nobody does, without counting as changed", async () => {
    const deployment = await make({ updated: noon(-500) });
    const poll = (seconds: number) =>
      store.transaction((tx) =>
        tx.deployments.markPolled(WORKSPACE, { ids: [deployment.id] }, noon(seconds)),
      );
    expect(await poll(0)).toEqual([deployment.id]);
    expect(await poll(1)).toEqual([]);
    expect(await read(deployment)).toMatchObject({
      status: "READY",
      last_polled: noon(1),
      updated: noon(-500),
    });
    const unpolled = async (seconds: number) =>
      (await store.reads.deployments.listUnpolled(noon(seconds), 100)).map(({ id }) => id);
    expect(await unpolled(1)).not.toContain(deployment.id);
    expect(await unpolled(2)).toContain(deployment.id);
    const silence = (seconds: number) =>
      store.transaction((tx) => tx.deployments.markNotReady(deployment.id, noon(seconds)));
    expect(await silence(1)).toBe(false);
    expect(await silence(2)).toBe(true);
    expect(await silence(2)).toBe(false);
    expect(await read(deployment)).toMatchObject({ status: "NOT_READY", updated: noon(-500) });
  });

  describe("that need runs", () => {
    const horizon = { now: NOON, until: noon(3600), minimumRuns: 3 };
    const needy = async () => {
      const found = await store.reads.deployments.listToSchedule(horizon, { after: null, limit: 1000 });
      return new Set(found.map(({ id }) => id));
    };
    const withRuns = async (seconds: readonly number[], changes: () => Partial<NewFlowRun> = () => ({})) => {
      const deployment = await make({}, [{}]);
      const [schedule] = (await read(deployment))?.schedules ?? [];
      const created_by = { id: schedule?.id as never, type: "SCHEDULE", display_value: "x" }; // a schedule as creator
      const runs = seconds.map((second) =>
        scheduledRun(deployment, { next_scheduled_start_time: noon(second), created_by, ...changes() }),
      );
      await store.transaction((tx) => tx.flowRuns.create(runs));
      return deployment.id;
    };

    it("are those of which an active schedule has too few ahead, or none far enough", async () => {
      const enough = await withRuns([60, 120, 3600]);
      const tooFew = await withRuns([60, 3600]);
      const tooNear = await withRuns([60, 120, 3599]);
      const past = await withRuns([-60, 0, 3600]);
      const found = await needy();
      expect([enough, tooFew, tooNear, past].map((id) => found.has(id))).toEqual([false, true, true, true]);
    });

    it("are judged by the waiting runs of their own schedules alone", async () => {
      const foreign = await withRuns([60, 120, 3600], () => ({ created_by: null }));
      const begun = await withRuns([60, 120, 3600], () => ({ state: aState("PENDING") }));
      const found = await needy();
      expect([foreign, begun].map((id) => found.has(id))).toEqual([true, true]);
    });

    it("are never paused ones, nor ones without an active schedule", async () => {
      const paused = await make({ paused: true }, [{}]);
      const inactive = await make({}, [{ active: false }]);
      const bare = await make();
      const found = await needy();
      expect([paused, inactive, bare].map(({ id }) => found.has(id))).toEqual([false, false, false]);
    });

    it("come page by page, and those changed since a moment apart", async () => {
      const first = await make({ updated: noon(100) }, [{}]);
      const second = await make({ updated: noon(101) }, [{}, {}]);
      await make({ updated: noon(99) }, [{}]);
      const changed = (after: DeploymentRow["id"] | null, limit: number) =>
        store.reads.deployments.listChanged(noon(100), { after, limit });
      expect(await changed(null, 1)).toEqual([{ id: first.id, workspace_id: WORKSPACE }]);
      expect((await changed(first.id, 5)).map(({ id }) => id)).toEqual([second.id]);
    });
  });

  it("are listed by filters over themselves, their flow and their runs", async () => {
    const [first, second] = [await make({ name: "b", tags: ["x"] }), await make({ name: "a", paused: true })];
    await store.transaction((tx) => tx.flowRuns.create([scheduledRun(first, { name: "its-run" })]));
    const flows = { operator: "and_" as const, id: { any_: [flow.id] } };
    const find = async (filters: object) => {
      const query = { filters: { flows, ...filters }, sort: "NAME_ASC" as const, limit: 10, offset: 0 };
      const found = await store.reads.deployments.list(WORKSPACE, query);
      expect(await store.reads.deployments.count(WORKSPACE, query.filters)).toBe(found.length);
      return found.map(({ name }) => name);
    };
    const where = (filter: Partial<DeploymentFilter>) => ({ deployments: { operator: "and_", ...filter } });
    expect(await find({})).toEqual(["a", "b"]);
    expect(await find(where({ paused: { eq_: true } }))).toEqual(["a"]);
    expect(await find(where({ tags: { operator: "and_", all_: ["x"] } }))).toEqual(["b"]);
    expect(await find(where({ id: { any_: [second.id] } }))).toEqual(["a"]);
    expect(await find(where({ flow_or_deployment_name: { like_: flow.name.toUpperCase() } }))).toEqual([
      "a",
      "b",
    ]);
    expect(await find({ flow_runs: { operator: "and_", name: { any_: ["its-run"] } } })).toEqual(["b"]);
    expect(await find({ work_pools: { operator: "and_", name: { any_: ["no-pool"] } } })).toEqual([]);
  });
}
