import { describe, expect, it, beforeAll, afterAll } from "vitest";
import { newId, type State } from "@sluice/schemas";
import { StoreConflictError } from "../errors.ts";
import type { FlowRunProgress, NewFlowRun } from "../flow-runs.ts";
import type { Store } from "../store.ts";
import {
  aFlow,
  aFlowRun,
  aLease,
  aLimit,
  aLog,
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

export function flowRunSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  async function transition(run: NewFlowRun, state: State, progress: Partial<FlowRunProgress> = {}) {
    await store.transaction((tx) =>
      tx.flowRuns.applyTransitions([
        { id: run.id, state, progress: { ...run, ...progress }, updated: state.timestamp },
      ]),
    );
  }

  describe("creating flow runs", () => {
    it("gives back every field that was stored", async () => {
      const actor = { id: newId<"actor">(), type: "SCHEDULE", display_value: "nightly" };
      const [run] = await storeRuns(store, [
        {
          parameters: { nested: { text: 'quote " and \\ and é', list: [1, 2.5, null, true] } },
          tags: ["b", "a", "b"],
          labels: { number: 1, flag: true, text: "x" },
          context: { key: [] },
          idempotency_key: "once",
          job_variables: { env: { A: "1" } },
          created_by: actor,
          updated_by: actor,
          deployment_id: newId(),
          infrastructure_pid: "123",
          auto_scheduled: true,
          total_run_time: seconds(1.5),
          attempt: 3,
          state: aState("SCHEDULED", {
            message: "hello",
            state_details: { scheduled_time: NOON, run_input_keyset: { a: "b" } },
          }),
        },
      ]);
      const read = await store.reads.flowRuns.read(WORKSPACE, run!.id);
      expect(read).toEqual({ ...run, work_pool_id: null, work_pool_name: null });
    });

    it("finds the run of an idempotency key and leaves it as it is", async () => {
      const { flow } = await store.transaction((tx) => tx.flows.create(aFlow()));
      const first = aFlowRun(flow, { idempotency_key: "key" });
      const second = aFlowRun(flow, { idempotency_key: "key", name: "other" });
      const answers = await store.transaction((tx) => tx.flowRuns.create([first, second]));
      expect(answers.map(({ created, run }) => [created, run.id])).toEqual([
        [true, first.id],
        [false, first.id],
      ]);
      const again = await store.transaction((tx) => tx.flowRuns.create([second]));
      expect(again).toMatchObject([{ created: false, run: { id: first.id, name: first.name } }]);
      expect(await store.reads.states.listFlowRunStates(WORKSPACE, first.id)).toHaveLength(1);
    });

    it("lets runs of different flows share a key, and runs without a key be many", async () => {
      const runs = await storeRuns(store, [{ idempotency_key: "shared" }, {}, {}]);
      const others = await storeRuns(store, [{ idempotency_key: "shared" }]);
      const ids = [...runs, ...others].map((run) => run.id);
      expect(await store.reads.flowRuns.readMany(WORKSPACE, ids)).toHaveLength(4);
    });

    it("refuses a run of a flow that does not exist", async () => {
      const orphan = aFlowRun({ id: newId() });
      await expect(store.transaction((tx) => tx.flowRuns.create([orphan]))).rejects.toThrow(
        StoreConflictError,
      );
    });

    it("refuses a run whose parent task run does not exist", async () => {
      await expect(storeRuns(store, [{ parent_task_run_id: newId() }])).rejects.toThrow(StoreConflictError);
    });

    it("stores a run without a first state", async () => {
      const [run] = await storeRuns(store, [{ state: null }]);
      expect(await store.reads.flowRuns.read(WORKSPACE, run!.id)).toMatchObject({ state: null });
    });

    it("does not show a run to another workspace", async () => {
      const [run] = await storeRuns(store, [{}]);
      const elsewhere = otherWorkspace();
      expect(await store.reads.flowRuns.read(elsewhere, run!.id)).toBeNull();
      expect(await store.reads.flowRuns.readMany(elsewhere, [run!.id])).toEqual([]);
      expect(await store.reads.states.listFlowRunStates(elsewhere, run!.id)).toEqual([]);
      expect(await store.transaction((tx) => tx.flowRuns.delete(elsewhere, [run!.id]))).toEqual([]);
      expect(
        await store.transaction((tx) => tx.flowRuns.update(elsewhere, run!.id, { name: "x", updated: NOON })),
      ).toBeNull();
      expect(await store.reads.flowRuns.read(WORKSPACE, run!.id)).toMatchObject({ name: run!.name });
    });
  });

  describe("changing flow runs", () => {
    it("writes only the keys that are present, null included", async () => {
      const [run] = await storeRuns(store, [{ tags: ["a"], infrastructure_pid: "1", flow_version: "v1" }]);
      const updated = await store.transaction((tx) =>
        tx.flowRuns.update(WORKSPACE, run!.id, { infrastructure_pid: null, updated: noon(5) }),
      );
      expect(updated).toMatchObject({
        infrastructure_pid: null,
        flow_version: "v1",
        tags: ["a"],
        updated: noon(5),
      });
    });

    it("answers null for a run that does not exist", async () => {
      const answer = await store.transaction((tx) =>
        tx.flowRuns.update(WORKSPACE, newId(), { name: "x", updated: NOON }),
      );
      expect(answer).toBeNull();
    });
  });

  describe("state changes of flow runs", () => {
    it("writes the state to the run and to its history together", async () => {
      const [run] = await storeRuns(store, [{}]);
      const running = aState("RUNNING", { timestamp: noon(1) });
      await transition(run!, running, { run_count: 1, start_time: noon(1), attempt: 1 });
      const read = await store.reads.flowRuns.read(WORKSPACE, run!.id);
      expect(read).toMatchObject({
        state: running,
        run_count: 1,
        attempt: 1,
        start_time: noon(1),
        updated: noon(1),
      });
      const history = await store.reads.states.listFlowRunStates(WORKSPACE, run!.id);
      expect(history).toEqual([run!.state, running]);
    });

    it("changes many runs at once", async () => {
      const runs = await storeRuns(
        store,
        Array.from({ length: 20 }, () => ({})),
      );
      await store.transaction(async (tx) => {
        const facts = await tx.flowRuns.lockForTransition(
          runs.map((run) => run.id),
          NOON,
        );
        expect(facts.size).toBe(20);
        await tx.flowRuns.applyTransitions(
          runs.map((run, index) => ({
            id: run.id,
            state: aState("COMPLETED", { timestamp: noon(index + 1), message: `done ${index}` }),
            progress: { ...run, end_time: noon(index) },
            updated: noon(index),
          })),
        );
      });
      const read = await store.reads.flowRuns.readMany(
        WORKSPACE,
        runs.map((run) => run.id),
      );
      const messages = new Map(read.map((run) => [run.id, run.state?.message]));
      expect(runs.map((run) => messages.get(run.id))).toEqual(runs.map((_, index) => `done ${index}`));
    });

    it("keeps a persisted result in an artifact and shows it as the state's data", async () => {
      const [run] = await storeRuns(store, [{}]);
      const data = { storage_key: "key", expiration: null, serializer: { type: "json" } };
      const completed = aState("COMPLETED", { timestamp: noon(1), data });
      await transition(run!, completed);
      expect(await store.reads.flowRuns.read(WORKSPACE, run!.id)).toMatchObject({ state: completed });
      expect(await store.reads.states.readFlowRunState(WORKSPACE, completed.id)).toEqual(completed);
      const filter = { type: { any_: ["result"] } };
      const artifacts = await store.reads.artifacts.list(WORKSPACE, {
        filter,
        filters: { flow_runs: { operator: "and_", id: { any_: [run!.id] } } },
        sort: "ID_DESC",
        limit: 10,
        offset: 0,
      });
      expect(artifacts).toMatchObject([{ data, flow_run_id: run!.id, task_run_id: null }]);
    });

    it("makes no artifact of a result that was not persisted", async () => {
      const [run] = await storeRuns(store, [{}]);
      const completed = aState("COMPLETED", { timestamp: noon(1), data: { type: "unpersisted" } });
      await transition(run!, completed);
      expect(await store.reads.flowRuns.read(WORKSPACE, run!.id)).toMatchObject({ state: completed });
      const count = await store.reads.artifacts.count(WORKSPACE, {
        filter: {},
        filters: { flow_runs: { operator: "and_", id: { any_: [run!.id] } } },
      });
      expect(count).toBe(0);
    });

    it("refuses two states of one run at the same moment", async () => {
      const [run] = await storeRuns(store, [{}]);
      await expect(transition(run!, aState("RUNNING", { timestamp: NOON }))).rejects.toThrow(
        StoreConflictError,
      );
      expect(await store.reads.flowRuns.read(WORKSPACE, run!.id)).toMatchObject({ state: run!.state });
    });

    it("keeps nothing of a transaction that fails", async () => {
      const [run] = await storeRuns(store, [{}]);
      const failing = store.transaction(async (tx) => {
        await tx.flowRuns.applyTransitions([
          {
            id: run!.id,
            state: aState("RUNNING", { timestamp: noon(1) }),
            progress: run!,
            updated: noon(1),
          },
        ]);
        throw new Error("on purpose");
      });
      await expect(failing).rejects.toThrow("on purpose");
      expect(await store.reads.flowRuns.read(WORKSPACE, run!.id)).toMatchObject({ state: run!.state });
      expect(await store.reads.states.listFlowRunStates(WORKSPACE, run!.id)).toHaveLength(1);
    });

    it("reads outside of a transaction see the last commit", async () => {
      const [run] = await storeRuns(store, [{}]);
      await store.transaction(async (tx) => {
        await tx.flowRuns.update(WORKSPACE, run!.id, { name: "uncommitted", updated: noon(1) });
        expect((await tx.flowRuns.read(WORKSPACE, run!.id))?.name).toBe("uncommitted");
        expect((await store.reads.flowRuns.read(WORKSPACE, run!.id))?.name).toBe(run!.name);
      });
      expect((await store.reads.flowRuns.read(WORKSPACE, run!.id))?.name).toBe("uncommitted");
    });
  });

  describe("the facts of a state change", () => {
    it("leaves out runs that do not exist", async () => {
      const facts = await store.transaction((tx) => tx.flowRuns.lockForTransition([newId(), newId()], NOON));
      expect(facts.size).toBe(0);
    });

    it("holds the run, its flow and the task run that tracks it", async () => {
      const [parent] = await storeRuns(store, [{}]);
      const tracking = aTaskRun({ flow_run_id: parent!.id, state: aState("RUNNING") });
      await store.transaction((tx) => tx.taskRuns.create([tracking]));
      const { flow } = await store.transaction((tx) => tx.flows.create(aFlow({ tags: ["of-flow"] })));
      const run = aFlowRun(flow, { parent_task_run_id: tracking.id });
      await store.transaction((tx) => tx.flowRuns.create([run]));
      const facts = await store.transaction((tx) => tx.flowRuns.lockForTransition([run.id], NOON));
      expect(facts.get(run.id)).toEqual({
        run: { ...run, work_pool_id: null, work_pool_name: null },
        flow: { id: flow.id, name: flow.name, tags: ["of-flow"] },
        deployment: null,
        work_queue: null,
        work_pool: null,
        parent_task_run: tracking,
        lease: null,
      });
    });

    it("holds the lease that the current state names", async () => {
      const limit = aLimit();
      const lease = aLease(limit);
      await store.transaction(async (tx) => {
        await tx.concurrencyLimits.create(limit);
        await tx.leases.create([lease]);
      });
      const [run] = await storeRuns(store, [
        { state: aState("PENDING", { state_details: { deployment_concurrency_lease_id: lease.id } }) },
      ]);
      const facts = await store.transaction((tx) => tx.flowRuns.lockForTransition([run!.id], NOON));
      expect(facts.get(run!.id)?.lease).toEqual({
        id: lease.id,
        created: lease.created,
        expires: lease.expires,
      });
    });
  });

  describe("deleting flow runs", () => {
    it("deletes what hangs on them", async () => {
      const [run, other] = await storeRuns(store, [{}, {}]);
      const task = aTaskRun({ flow_run_id: run!.id });
      const limit = aLimit();
      const lease = aLease(limit, { holder: { type: "flow_run", id: run!.id } });
      const input = {
        id: newId<"run-input">(),
        workspace_id: WORKSPACE,
        created: NOON,
        updated: NOON,
        flow_run_id: run!.id,
        key: "key",
        value: "1",
        sender: null,
      };
      await store.transaction(async (tx) => {
        await tx.taskRuns.create([task]);
        await tx.logs.insert([
          aLog({ flow_run_id: run!.id }),
          aLog({ flow_run_id: run!.id, task_run_id: task.id }),
          aLog({ flow_run_id: other!.id }),
        ]);
        await tx.artifacts.create(anArtifact({ flow_run_id: run!.id }));
        await tx.flowRunInputs.create(input);
        await tx.concurrencyLimits.create(limit);
        await tx.leases.create([lease]);
      });
      const deleted = await store.transaction((tx) => tx.flowRuns.delete(WORKSPACE, [run!.id, newId()]));
      expect(deleted).toEqual([run!.id]);
      const { reads } = store;
      expect(await reads.flowRuns.read(WORKSPACE, run!.id)).toBeNull();
      expect(await reads.states.readFlowRunState(WORKSPACE, run!.state!.id)).toBeNull();
      expect(await reads.taskRuns.read(WORKSPACE, task.id)).toBeNull();
      expect(await reads.states.readTaskRunState(WORKSPACE, task.state!.id)).toBeNull();
      expect(await reads.flowRunInputs.read(WORKSPACE, run!.id, "key")).toBeNull();
      expect(await reads.leases.read(lease.id)).toBeNull();
      const page = { sort: "TIMESTAMP_ASC", limit: 10, offset: 0 } as const;
      const logsOf = (id: string) =>
        reads.logs.list(WORKSPACE, {
          filter: { operator: "and_", flow_run_id: { any_: [id as never] } },
          ...page,
        });
      expect(await logsOf(run!.id)).toEqual([]);
      expect(await logsOf(other!.id)).toHaveLength(1);
    });

    it("gives back the slot that the current state holds", async () => {
      const limit = aLimit();
      const lease = aLease(limit);
      await store.transaction(async (tx) => {
        await tx.concurrencyLimits.create(limit);
        await tx.leases.create([lease]);
      });
      const [run] = await storeRuns(store, [
        { state: aState("RUNNING", { state_details: { deployment_concurrency_lease_id: lease.id } }) },
      ]);
      await store.transaction((tx) => tx.flowRuns.delete(WORKSPACE, [run!.id]));
      expect(await store.reads.concurrencyLimits.read(WORKSPACE, limit.id, NOON)).toMatchObject({
        occupied_slots: 0,
      });
    });

    it("leaves runs of subflows, without their parent", async () => {
      const [parent] = await storeRuns(store, [{}]);
      const tracking = aTaskRun({ flow_run_id: parent!.id });
      await store.transaction((tx) => tx.taskRuns.create([tracking]));
      const [child] = await storeRuns(store, [{ parent_task_run_id: tracking.id }]);
      await store.transaction((tx) => tx.flowRuns.delete(WORKSPACE, [parent!.id]));
      expect(await store.reads.flowRuns.read(WORKSPACE, child!.id)).toMatchObject({
        parent_task_run_id: null,
      });
    });

    it("goes with the deletion of the flow", async () => {
      const { flow } = await store.transaction((tx) => tx.flows.create(aFlow()));
      const run = aFlowRun(flow);
      await store.transaction(async (tx) => {
        await tx.flowRuns.create([run]);
        await tx.logs.insert([aLog({ flow_run_id: run.id })]);
      });
      const deleted = await store.transaction((tx) => tx.flows.delete(WORKSPACE, [flow.id]));
      expect(deleted).toEqual([flow]);
      expect(await store.reads.flowRuns.read(WORKSPACE, run.id)).toBeNull();
    });
  });
}
