import { newId } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GraphTooLargeError } from "../errors.ts";
import type { Store } from "../store.ts";
import {
  aFlow,
  aFlowRun,
  anArtifact,
  aState,
  aTaskRun,
  NOON,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
  seconds,
  storeRuns,
  WORKSPACE,
} from "./fixtures.ts";

export function figureSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  it("draws the history of runs in equal slices, empty ones included", async () => {
    const workspace = otherWorkspace();
    const flow = aFlow({ workspace_id: workspace });
    const run = (expected: number, changes: object) =>
      aFlowRun(flow, { workspace_id: workspace, expected_start_time: noon(expected), ...changes });
    await store.transaction(async (tx) => {
      await tx.flows.create(flow);
      await tx.flowRuns.create([
        run(1, { start_time: noon(3), total_run_time: seconds(4), state: aState("COMPLETED") }),
        run(2, { start_time: noon(2), total_run_time: seconds(1), state: aState("COMPLETED") }),
        run(25, { start_time: noon(25), state: aState("RUNNING", { timestamp: noon(26) }) }),
        run(21, { state: aState("SCHEDULED", { name: "Late" }) }),
        run(30, { state: aState("COMPLETED") }),
        run(-1, { state: aState("COMPLETED") }),
      ]);
    });
    const history = await store.reads.flowRuns.history(workspace, {
      filters: {},
      start: NOON,
      end: noon(29),
      interval: seconds(10),
      now: noon(60),
    });
    expect(history).toEqual([
      {
        interval_start: NOON,
        interval_end: noon(10),
        states: [
          {
            state_type: "COMPLETED",
            state_name: "Completed",
            count_runs: 2,
            sum_estimated_run_time: seconds(5),
            sum_estimated_lateness: seconds(2),
          },
        ],
      },
      { interval_start: noon(10), interval_end: noon(20), states: [] },
      {
        interval_start: noon(20),
        interval_end: noon(30),
        states: [
          {
            state_type: "RUNNING",
            state_name: "Running",
            count_runs: 1,
            sum_estimated_run_time: seconds(34),
            sum_estimated_lateness: 0,
          },
          {
            state_type: "SCHEDULED",
            state_name: "Late",
            count_runs: 1,
            sum_estimated_run_time: 0,
            sum_estimated_lateness: seconds(39),
          },
        ],
      },
    ]);
    expect(await store.reads.flowRuns.averageLateness(workspace, {}, noon(60))).toBeCloseTo((2 + 39) / 6);
    expect(await store.reads.flowRuns.averageLateness(otherWorkspace(), {}, noon(60))).toBeNull();
    const [newest] = await store.reads.flowRuns.simpleHistory(workspace, {
      filters: {},
      sort: "EXPECTED_START_TIME_DESC",
      limit: 1,
      offset: 0,
      now: noon(60),
    });
    expect(newest).toEqual({
      id: expect.any(String),
      state_type: "COMPLETED",
      timestamp: noon(30),
      duration: 0,
      lateness: 0,
    });
  });

  it("answers at most 500 slices", async () => {
    const history = await store.reads.taskRuns.history(WORKSPACE, {
      filters: {},
      start: NOON,
      end: noon(100_000),
      interval: seconds(1),
      now: NOON,
    });
    expect(history).toHaveLength(500);
  });

  it("counts task runs, those of subflows left out", async () => {
    const [run, empty] = await storeRuns(store, [{}, {}]);
    const tasks = [1, 2, 3].map(() => aTaskRun({ flow_run_id: run!.id }));
    await store.transaction((tx) => tx.taskRuns.create(tasks));
    await storeRuns(store, [{ parent_task_run_id: tasks[0]!.id }]);
    expect(await store.reads.flowRuns.countTaskRuns(WORKSPACE, [run!.id, empty!.id])).toEqual(
      new Map([
        [run!.id, 2],
        [empty!.id, 0],
      ]),
    );
  });

  it("tells the next scheduled run of each flow", async () => {
    const { flow } = await store.transaction((tx) => tx.flows.create(aFlow()));
    const scheduled = (at: number) =>
      aFlowRun(flow, { next_scheduled_start_time: noon(at), state: aState("SCHEDULED") });
    const [later, sooner] = [scheduled(20), scheduled(10)];
    await store.transaction((tx) => tx.flowRuns.create([later, sooner, aFlowRun(flow)]));
    const next = await store.reads.flowRuns.nextRunOfFlows(WORKSPACE, [flow.id, newId()]);
    expect(next).toEqual(
      new Map([
        [
          flow.id,
          {
            id: sooner.id,
            flow_id: flow.id,
            name: sooner.name,
            state_name: "Scheduled",
            state_type: "SCHEDULED",
            next_scheduled_start_time: noon(10),
          },
        ],
      ]),
    );
  });

  it("counts task runs by state, and finished ones by slices of time", async () => {
    const workspace = otherWorkspace();
    const run = (type: "COMPLETED" | "FAILED" | "CRASHED" | "RUNNING", start: number) =>
      aTaskRun({ workspace_id: workspace, start_time: noon(start), state: aState(type) });
    await store.transaction((tx) =>
      tx.taskRuns.create([run("COMPLETED", 0), run("FAILED", 9), run("CRASHED", 10), run("RUNNING", 10)]),
    );
    expect(await store.reads.taskRuns.countByStateType(workspace, {})).toEqual(
      new Map([
        ["COMPLETED", 1],
        ["FAILED", 1],
        ["CRASHED", 1],
        ["RUNNING", 1],
      ]),
    );
    const request = { filters: {}, start: NOON, end: noon(20), buckets: 2 };
    expect(await store.reads.taskRuns.dashboardCounts(workspace, request)).toEqual([
      { completed: 1, failed: 1 },
      { completed: 0, failed: 1 },
    ]);
  });

  describe("the graph of a run", () => {
    it("has a node per task run, the subflow's run in place of its tracking task run, and edges by inputs", async () => {
      const [run] = await storeRuns(store, [{ start_time: noon(0), end_time: noon(9) }]);
      const flow_run_id = run!.id;
      const first = aTaskRun({ flow_run_id, name: "first", start_time: noon(1), end_time: noon(2) });
      const tracking = aTaskRun({ flow_run_id, name: "tracking", start_time: noon(3) });
      await store.transaction((tx) => tx.taskRuns.create([tracking]));
      const [child] = await storeRuns(store, [
        { parent_task_run_id: tracking.id, name: "child", start_time: noon(4), state: aState("RUNNING") },
      ]);
      const { flow } = await store.transaction(async (tx) => {
        const childFlow = await tx.flows.read(WORKSPACE, child!.flow_id);
        return { flow: childFlow };
      });
      const last = aTaskRun({
        flow_run_id,
        name: "last",
        start_time: noon(5),
        task_inputs: {
          a: [{ input_type: "task_run", id: first.id }],
          b: [
            { input_type: "flow_run", id: child!.id },
            { input_type: "parameter", name: "p" },
          ],
          c: [
            { input_type: "task_run", id: first.id },
            { input_type: "task_run", id: newId() },
          ],
          __parents__: [{ input_type: "task_run", id: first.id }],
        },
      });
      const waiting = aTaskRun({ flow_run_id, expected_start_time: null });
      const progress = anArtifact({
        flow_run_id,
        task_run_id: first.id,
        type: "progress",
        data: 50,
        key: "p",
      });
      const hidden = anArtifact({ flow_run_id, type: "result" });
      const top = anArtifact({ flow_run_id, type: "markdown" });
      await store.transaction(async (tx) => {
        await tx.taskRuns.create([last, first, waiting]);
        for (const artifact of [progress, hidden, top]) await tx.artifacts.create(artifact);
        await tx.artifacts.putLatest(newId(), { ...progress, key: "p", latest_id: progress.id });
      });
      const graph = await store.reads.flowRuns.graphV2(WORKSPACE, flow_run_id, {
        since: null,
        maxNodes: 100,
        maxArtifacts: 100,
      });
      expect(graph).toMatchObject({
        start_time: noon(0),
        end_time: noon(9),
        root_node_ids: [first.id, child!.id],
        states: [{ id: run!.state!.id, type: "PENDING", name: "Pending", timestamp: NOON }],
        artifacts: [{ id: top.id, is_latest: true, data: null }],
      });
      expect(graph!.nodes.map(([id]) => id)).toEqual([first.id, child!.id, last.id]);
      const nodes = new Map(graph!.nodes);
      expect(nodes.get(first.id)).toMatchObject({
        kind: "task-run",
        label: "first",
        parents: [],
        children: [{ id: last.id }],
        artifacts: [{ id: progress.id, data: 50, is_latest: true }],
      });
      expect(nodes.get(child!.id)).toMatchObject({
        kind: "flow-run",
        label: `${flow!.name} / child`,
        state_type: "RUNNING",
        children: [{ id: last.id }],
      });
      expect(nodes.get(last.id)).toMatchObject({
        parents: [{ id: first.id }, { id: child!.id }],
        encapsulating: [{ id: first.id }],
      });
      const since = await store.reads.flowRuns.graphV2(WORKSPACE, flow_run_id, {
        since: noon(3),
        maxNodes: 100,
        maxArtifacts: 100,
      });
      expect(since!.nodes.map(([id]) => id)).toEqual([child!.id, last.id]);
      expect(since!.nodes[1]![1].parents).toEqual([{ id: first.id }, { id: child!.id }]);
      const old = await store.reads.flowRuns.graphV1(WORKSPACE, flow_run_id);
      expect(old.find((node) => node.id === last.id)?.upstream_dependencies[0]).toEqual({
        input_type: "task_run",
        id: first.id,
      });
    });

    it("is refused past the limit of nodes, and null for an unknown run", async () => {
      const [run] = await storeRuns(store, [{}]);
      await store.transaction((tx) =>
        tx.taskRuns.create([1, 2, 3].map(() => aTaskRun({ flow_run_id: run!.id }))),
      );
      const options = { since: null, maxNodes: 2, maxArtifacts: 10 };
      await expect(store.reads.flowRuns.graphV2(WORKSPACE, run!.id, options)).rejects.toThrow(
        GraphTooLargeError,
      );
      expect(await store.reads.flowRuns.graphV2(WORKSPACE, newId(), options)).toBeNull();
    });
  });

  describe("overdue runs", () => {
    it("are found when time has caught up with them", async () => {
      const paused = (timeout: number) =>
        aState("PAUSED", { state_details: { pause_timeout: noon(timeout) } });
      const [late, , expired, , cancelling] = await storeRuns(store, [
        { state: aState("SCHEDULED"), next_scheduled_start_time: noon(-20) },
        { state: aState("SCHEDULED", { name: "AwaitingRetry" }), next_scheduled_start_time: noon(-20) },
        { state: paused(-1) },
        { state: paused(1) },
        { state: aState("CANCELLING", { timestamp: noon(-400) }) },
      ]);
      const { overdueRuns } = store.reads;
      const ids = async (listing: Promise<readonly { id: string }[]>) => (await listing).map(({ id }) => id);
      expect(await ids(overdueRuns.listLate(noon(-15), 100))).toEqual([late!.id]);
      expect(await ids(overdueRuns.listExpiredPauses(NOON, 100))).toEqual([expired!.id]);
      expect(await ids(overdueRuns.listCancelling(noon(-300), 100))).toEqual([cancelling!.id]);
    });

    it("include what is left of cancelled runs", async () => {
      const [cancelled, running] = await storeRuns(store, [
        { state: aState("CANCELLED"), end_time: NOON },
        { state: aState("RUNNING") },
      ]);
      const left = aTaskRun({ flow_run_id: cancelled!.id, state: aState("RUNNING") });
      const done = aTaskRun({ flow_run_id: cancelled!.id, state: aState("COMPLETED") });
      const alive = aTaskRun({ flow_run_id: running!.id, state: aState("RUNNING") });
      await store.transaction((tx) => tx.taskRuns.create([left, done, alive]));
      const [child] = await storeRuns(store, [{ parent_task_run_id: done.id, state: aState("RUNNING") }]);
      const { overdueRuns } = store.reads;
      expect(await overdueRuns.listTaskRunsOfCancelled(noon(-1), 100)).toEqual([
        { id: left.id, workspace_id: WORKSPACE },
      ]);
      expect(await overdueRuns.listTaskRunsOfCancelled(NOON, 100)).toEqual([]);
      expect(await overdueRuns.listSubflowRunsOfCancelled(100)).toMatchObject([{ id: child!.id }]);
    });
  });
}
