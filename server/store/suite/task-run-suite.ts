import { newId, type State, type TaskRunId } from "@sluice/schemas";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import type { RecordedTransition, TaskRun } from "../task-runs.ts";
import {
  aLimit,
  anArtifact,
  aState,
  aTaskRun,
  aLog,
  NOON,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
  seconds,
  storeRuns,
  WORKSPACE,
} from "./fixtures.ts";

export function taskRunSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  const read = (id: TaskRunId) => store.reads.taskRuns.read(WORKSPACE, id);
  const historyOf = (id: TaskRunId) => store.reads.states.listTaskRunStates(WORKSPACE, id);
  const create = (...runs: TaskRun[]) => store.transaction((tx) => tx.taskRuns.create(runs));

  describe("creating task runs", () => {
    it("gives back every field that was stored", async () => {
      const [flowRun] = await storeRuns(store, [{}]);
      const run = aTaskRun({
        flow_run_id: flowRun!.id,
        cache_key: "cache",
        cache_expiration: noon(60),
        task_version: "2",
        tags: ["x"],
        labels: { a: true },
        task_inputs: { x: [{ input_type: "task_run", id: newId<"task-run">() }], y: [] },
        total_run_time: seconds(2),
      });
      await create(run);
      expect(await read(run.id)).toEqual(run);
      expect(await store.reads.taskRuns.read(otherWorkspace(), run.id)).toBeNull();
    });

    it("finds the run of a natural key, inside and outside of flow runs", async () => {
      const [flowRun] = await storeRuns(store, [{}]);
      for (const flow_run_id of [flowRun!.id, null]) {
        const first = aTaskRun({ flow_run_id, dynamic_key: `key-${flow_run_id}` });
        const second = aTaskRun({ flow_run_id, dynamic_key: first.dynamic_key });
        expect(await create(first)).toMatchObject([{ created: true }]);
        expect(await create(second)).toMatchObject([{ created: false, run: { id: first.id } }]);
        expect(await historyOf(first.id)).toHaveLength(1);
      }
    });

    it("finds the run of an id", async () => {
      const run = aTaskRun();
      await create(run);
      const answers = await create({ ...run, dynamic_key: "another" });
      expect(answers).toMatchObject([{ created: false, run: { dynamic_key: run.dynamic_key } }]);
    });
  });

  describe("state changes over REST", () => {
    it("writes the state to the run and to its history together", async () => {
      const [flowRun] = await storeRuns(store, [{}]);
      const run = aTaskRun({ flow_run_id: flowRun!.id });
      await create(run);
      const data = { storage_key: "x" };
      const state = aState("COMPLETED", { timestamp: noon(1), data });
      await store.transaction(async (tx) => {
        const facts = await tx.taskRuns.lockForTransition([run.id], NOON);
        expect(facts.get(run.id)).toMatchObject({
          run: { id: run.id, state: run.state },
          flow_run: { id: flowRun!.id, name: flowRun!.name, run_count: 0, state: flowRun!.state },
          tag_limits: [],
        });
        const progress = { ...run, name: "renamed", run_count: 2, end_time: noon(1) };
        await tx.taskRuns.applyTransitions([{ id: run.id, state, progress, updated: noon(1) }]);
      });
      expect(await read(run.id)).toMatchObject({ name: "renamed", run_count: 2, end_time: noon(1), state });
      expect(await historyOf(run.id)).toEqual([run.state, state]);
      const artifacts = await store.reads.artifacts.count(WORKSPACE, {
        filter: { task_run_id: { any_: [run.id] }, type: { any_: ["result"] } },
        filters: {},
      });
      expect(artifacts).toBe(1);
    });

    it("tells the limits of the run's tags and how many slots are taken", async () => {
      const limit = aLimit({ name: `tag:${newId()}`, limit: 3 });
      const run = aTaskRun({ tags: ["free", limit.name.slice("tag:".length)] });
      await store.transaction(async (tx) => {
        await tx.concurrencyLimits.create(limit);
        await tx.taskRuns.create([run]);
        const base = { workspace_id: WORKSPACE, created: NOON, holder: null, limit_ids: [limit.id] };
        await tx.leases.create([
          { ...base, id: newId(), expires: noon(10), slots: 2 },
          { ...base, id: newId(), expires: NOON, slots: 1 },
        ]);
      });
      const facts = await store.transaction((tx) => tx.taskRuns.lockForTransition([run.id], NOON));
      expect(facts.get(run.id)?.tag_limits).toMatchObject([{ id: limit.id, limit: 3, occupied_slots: 2 }]);
    });

    it("finds a cached state by its key until it expires", async () => {
      const run = aTaskRun();
      await create(run);
      const entry = { workspace_id: WORKSPACE, cache_key: "k", created: NOON, state: run.state! };
      await store.transaction((tx) =>
        tx.taskRuns.insertCachedState({ ...entry, cache_expiration: noon(10) }),
      );
      expect(await store.reads.taskRuns.readCachedState(WORKSPACE, "k", noon(9))).toEqual(run.state);
      expect(await store.reads.taskRuns.readCachedState(WORKSPACE, "k", noon(10))).toBeNull();
      expect(await store.reads.taskRuns.readCachedState(WORKSPACE, "other", NOON)).toBeNull();
      expect(await store.reads.taskRuns.readCachedState(otherWorkspace(), "k", NOON)).toBeNull();
    });
  });

  describe("recording states that clients report", () => {
    const reported = (
      run: Pick<RecordedTransition, "id" | "dynamic_key" | "flow_run_id">,
      state: State,
      columns: RecordedTransition["columns"] = {},
    ): RecordedTransition => ({
      workspace_id: WORKSPACE,
      task_key: "task-key",
      recorded: noon(100),
      ...run,
      state,
      columns,
    });
    const record = (...transitions: RecordedTransition[]) =>
      store.transaction((tx) => tx.taskRuns.record(transitions));
    const aKey = (flow_run_id: RecordedTransition["flow_run_id"] = null) => ({
      id: newId<"task-run">(),
      dynamic_key: newId<"key">() as string,
      flow_run_id,
    });

    it("makes the run at its first state and follows it", async () => {
      const [flowRun] = await storeRuns(store, [{}]);
      const key = aKey(flowRun!.id);
      const pending = aState("PENDING", { data: { storage_key: "kept with the state" } });
      const running = aState("RUNNING", { timestamp: noon(1) });
      await record(reported(key, pending, { name: "a-1", tags: ["x"] }));
      expect(await read(key.id)).toMatchObject({
        name: "a-1",
        tags: ["x"],
        state: pending,
        created: noon(100),
      });
      await record(reported(key, running, { run_count: 1, start_time: noon(1) }));
      expect(await read(key.id)).toMatchObject({
        name: "a-1",
        tags: ["x"],
        run_count: 1,
        start_time: noon(1),
        state: running,
      });
      expect(await historyOf(key.id)).toEqual([pending, running]);
    });

    it("does not let a late state roll a run back, but keeps it in the history", async () => {
      const key = aKey();
      const running = aState("RUNNING", { timestamp: noon(1) });
      const completed = aState("COMPLETED", { timestamp: noon(2) });
      await record(reported(key, completed, { run_count: 1 }));
      await record(reported(key, running, { run_count: 7 }));
      expect(await read(key.id)).toMatchObject({ state: completed, run_count: 1 });
      expect(await historyOf(key.id)).toEqual([running, completed]);
    });

    it("writes an explicit null and keeps what is absent", async () => {
      const key = aKey();
      await record(reported(key, aState("PENDING"), { cache_key: "c", task_version: "1" }));
      await record(reported(key, aState("RUNNING", { timestamp: noon(1) }), { cache_key: null }));
      expect(await read(key.id)).toMatchObject({ cache_key: null, task_version: "1" });
    });

    it("keeps the id under which a natural key is stored", async () => {
      const [flowRun] = await storeRuns(store, [{}]);
      const tracking = aTaskRun({ flow_run_id: flowRun!.id });
      await create(tracking);
      const key = { ...aKey(flowRun!.id), dynamic_key: tracking.dynamic_key };
      const running = aState("RUNNING", { timestamp: noon(1) });
      await record(reported(key, running));
      expect(await read(key.id)).toBeNull();
      expect(await read(tracking.id)).toMatchObject({ state: running });
      expect(await historyOf(tracking.id)).toEqual([tracking.state, running]);
    });

    it("takes the same state twice as once", async () => {
      const key = aKey();
      const running = aState("RUNNING");
      await record(reported(key, running), reported(key, running));
      await record(reported(key, running));
      expect(await historyOf(key.id)).toEqual([running]);
    });

    it("keeps two states of one microsecond", async () => {
      const key = aKey();
      await record(reported(key, aState("PENDING")), reported(key, aState("RUNNING")));
      expect(await historyOf(key.id)).toHaveLength(2);
    });

    it("leaves out task runs of flow runs that do not exist or are another workspace's", async () => {
      const [flowRun] = await storeRuns(store, [{}]);
      const lost = aKey(newId<"flow-run">());
      const foreign = aKey(flowRun!.id);
      const good = aKey(flowRun!.id);
      await record(
        reported(lost, aState("RUNNING")),
        { ...reported(foreign, aState("RUNNING")), workspace_id: otherWorkspace() },
        reported(good, aState("RUNNING")),
      );
      const found = await store.reads.taskRuns.readMany(WORKSPACE, [lost.id, foreign.id, good.id]);
      expect(found.map((run) => run.id)).toEqual([good.id]);
    });

    it("does not let another workspace write a run by its id", async () => {
      const key = aKey();
      const pending = aState("PENDING");
      await record(reported(key, pending));
      const foreign = reported({ ...key, dynamic_key: "other" }, aState("FAILED", { timestamp: noon(9) }));
      await record({ ...foreign, workspace_id: otherWorkspace() });
      expect(await read(key.id)).toMatchObject({ state: pending });
      expect(await historyOf(key.id)).toEqual([pending]);
    });

    it("has one outcome for every order and batching of the same states", async () => {
      const types = ["PENDING", "RUNNING", "FAILED", "SCHEDULED", "RUNNING", "COMPLETED"] as const;
      const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
      await fc.assert(
        fc.asyncProperty(order, fc.integer({ min: 1, max: 6 }), async (indexes, batchSize) => {
          const key = aKey();
          // Every event carries the whole run, as the clients' do.
          const transitions = types.map((type, index) =>
            reported(key, aState(type, { timestamp: noon(index) }), { run_count: index, name: `n${index}` }),
          );
          const shuffled = indexes.flatMap((index) => transitions[index] ?? []);
          while (shuffled.length > 0) await record(...shuffled.splice(0, batchSize));
          const states = transitions.map((transition) => transition.state);
          expect(await read(key.id)).toMatchObject({ run_count: 5, name: "n5", state: states.at(-1) });
          expect(await historyOf(key.id)).toEqual(states);
        }),
        { numRuns: 20 },
      );
    });

    it("loses nothing when recorders of the same runs work at once", async () => {
      const [flowRun] = await storeRuns(store, [{}]);
      const keys = Array.from({ length: 10 }, () => aKey(flowRun!.id));
      const stateAt = (index: number) =>
        aState(index === 3 ? "COMPLETED" : "RUNNING", { timestamp: noon(index) });
      await Promise.all(
        [0, 1, 2, 3].map((index) =>
          record(...keys.map((key) => reported(key, stateAt(index), { run_count: index }))),
        ),
      );
      for (const key of keys) {
        expect(await read(key.id)).toMatchObject({ run_count: 3, state: { type: "COMPLETED" } });
        expect(await historyOf(key.id)).toHaveLength(4);
      }
    });
  });

  describe("deleting task runs", () => {
    it("deletes what hangs on them and frees subflow runs", async () => {
      const run = aTaskRun();
      const [child] = await storeRuns(store, [{}]);
      await create(run);
      const [subflow] = await storeRuns(store, [{ parent_task_run_id: run.id }]);
      await store.transaction(async (tx) => {
        await tx.logs.insert([aLog({ task_run_id: run.id })]);
        await tx.artifacts.create(anArtifact({ task_run_id: run.id }));
      });
      expect(await store.transaction((tx) => tx.taskRuns.delete(WORKSPACE, [run.id]))).toEqual([run.id]);
      expect(await read(run.id)).toBeNull();
      expect(await store.reads.states.readTaskRunState(WORKSPACE, run.state!.id)).toBeNull();
      expect(await store.reads.flowRuns.read(WORKSPACE, subflow!.id)).toMatchObject({
        parent_task_run_id: null,
      });
      expect(await store.reads.flowRuns.read(WORKSPACE, child!.id)).not.toBeNull();
      const artifacts = { filter: { task_run_id: { any_: [run.id] } }, filters: {} };
      expect(await store.reads.artifacts.count(WORKSPACE, artifacts)).toBe(0);
    });
  });

  it("renames", async () => {
    const run = aTaskRun();
    await create(run);
    const renamed = await store.transaction((tx) =>
      tx.taskRuns.update(WORKSPACE, run.id, { name: "new", updated: noon(1) }),
    );
    expect(renamed).toEqual({ ...run, name: "new", updated: noon(1) });
  });
}
