import type { FlowRunId, StateType, WorkPoolId } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoreConflictError } from "../errors.ts";
import type { Store } from "../store.ts";
import type { WorkPool } from "../work-pools.ts";
import type { NewWorkQueue } from "../work-queues.ts";
import type { Worker } from "../workers.ts";
import {
  aState,
  aWorker,
  aWorkPool,
  aWorkQueue,
  NOON,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
  storeRuns,
  WORKSPACE,
} from "./fixtures.ts";

export function workSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  const make = async (pool: WorkPool, queues: NewWorkQueue[] = [], workers: Worker[] = []) => {
    await store.transaction(async (tx) => {
      await tx.workPools.create(pool);
      for (const queue of queues) await tx.workQueues.create(queue);
      for (const worker of workers) await tx.workers.put(worker);
    });
    return pool;
  };
  const onPage = { limit: 10, offset: 0 };

  describe("pools", () => {
    it("are kept whole, found by id and by name, and taken once in a workspace", async () => {
      const pool = await make(
        aWorkPool({ base_job_template: { b: 1, a: [null] }, concurrency_limit: 0, is_paused: true }),
      );
      expect(await store.reads.workPools.read(WORKSPACE, pool.id)).toEqual(pool);
      expect(await store.reads.workPools.readByName(WORKSPACE, pool.name)).toEqual(pool);
      expect(await store.reads.workPools.readByName(otherWorkspace(), pool.name)).toBeNull();
      await expect(make(aWorkPool({ name: pool.name }))).rejects.toThrow(StoreConflictError);
      await make(aWorkPool({ name: pool.name, workspace_id: otherWorkspace() }));
    });

    it("are locked and changed only in the keys that are given", async () => {
      const pool = await make(aWorkPool());
      const changes = { status: "READY", concurrency_limit: 2, updated: noon(1) } as const;
      await store.transaction(async (tx) => {
        expect(await tx.workPools.lock(WORKSPACE, pool.id)).toEqual(pool);
        expect(await tx.workPools.lock(otherWorkspace(), pool.id)).toBeNull();
        await tx.workPools.update(pool.id, changes);
      });
      expect(await store.reads.workPools.read(WORKSPACE, pool.id)).toEqual({ ...pool, ...changes });
    });

    it("come by name, filtered, in pages, with their count", async () => {
      const workspace_id = otherWorkspace();
      const pools = ["c", "a", "b"].map((name) => aWorkPool({ workspace_id, name, type: `type-${name}` }));
      for (const pool of pools) await make(pool);
      const { workPools } = store.reads;
      const names = async (filter: object | null, page = onPage) => {
        const query = { filter: filter && { operator: "and_" as const, ...filter }, ...page };
        return (await workPools.list(workspace_id, query)).map(({ name }) => name);
      };
      expect(await names(null)).toEqual(["a", "b", "c"]);
      expect(await names({}, { limit: 1, offset: 1 })).toEqual(["b"]);
      expect(await names({ type: { any_: ["type-c"] } })).toEqual(["c"]);
      expect(await workPools.count(workspace_id, null)).toBe(3);
      expect(await workPools.count(workspace_id, { operator: "and_", name: { any_: ["a"] } })).toBe(1);
    });

    it("go with their queues and workers; runs stay and lose their queue", async () => {
      const pool = aWorkPool();
      const queue = aWorkQueue(pool);
      await make(pool, [queue], [aWorker(pool)]);
      const [run] = await storeRuns(store, [{ work_queue_id: queue.id, work_queue_name: queue.name }]);
      const runId = run?.id as FlowRunId; // one was stored
      expect(await store.reads.flowRuns.read(WORKSPACE, runId)).toMatchObject({ work_pool_name: pool.name });
      await store.transaction((tx) => tx.workPools.delete(pool.id));
      expect(await store.reads.workPools.read(WORKSPACE, pool.id)).toBeNull();
      expect(await store.reads.workQueues.read(WORKSPACE, queue.id)).toBeNull();
      expect(await store.reads.workers.list(pool.id, { filter: null, ...onPage })).toEqual([]);
      const left = await store.reads.flowRuns.read(WORKSPACE, runId);
      expect(left).toMatchObject({ work_queue_id: null, work_queue_name: queue.name, work_pool_id: null });
    });

    it("are abandoned when they are READY and no worker is ONLINE", async () => {
      const ready = () => aWorkPool({ status: "READY" });
      const [served, deserted, empty, asleep] = [ready(), ready(), ready(), aWorkPool()];
      await make(served, [], [aWorker(served), aWorker(served, { status: "OFFLINE" })]);
      await make(deserted, [], [aWorker(deserted, { status: "OFFLINE" })]);
      for (const pool of [empty, asleep]) await make(pool);
      const abandoned = (await store.reads.workPools.listAbandoned(1000)).map(({ id }) => id);
      expect(abandoned).toEqual(expect.arrayContaining([deserted.id, empty.id]));
      expect(abandoned).not.toContain(served.id);
      expect(abandoned).not.toContain(asleep.id);
    });
  });

  describe("queues", () => {
    it("know their pool, and have names that are taken once in it", async () => {
      const pool = aWorkPool({ type: "docker" });
      const queue = aWorkQueue(pool, { filter: { tags: ["a"], deployment_ids: null }, last_polled: NOON });
      await make(pool, [queue]);
      const stored = { ...queue, work_pool_name: pool.name, work_pool_type: "docker" };
      expect(await store.reads.workQueues.read(WORKSPACE, queue.id)).toEqual(stored);
      expect(await store.reads.workQueues.readByName(WORKSPACE, pool.name, queue.name)).toEqual(stored);
      expect(await store.reads.workQueues.read(otherWorkspace(), queue.id)).toBeNull();
      const again = store.transaction((tx) => tx.workQueues.create(aWorkQueue(pool, { name: queue.name })));
      await expect(again).rejects.toThrow(StoreConflictError);
    });

    it("come by priority in a pool and by name in a workspace", async () => {
      const workspace_id = otherWorkspace();
      const pool = aWorkPool({ workspace_id });
      const queues = [
        ["first", 2],
        ["second", 1],
        ["other", 9],
      ] as const;
      await make(
        pool,
        queues.map(([name, priority]) => aWorkQueue(pool, { name, priority })),
      );
      const { workQueues } = store.reads;
      const filter = { operator: "and_" as const, name: { startswith_: ["s", "o"] } };
      const names = (found: { name: string }[]) => found.map(({ name }) => name);
      expect(names(await workQueues.listOfPool(pool.id))).toEqual(["second", "first", "other"]);
      expect(names(await workQueues.listOfPool(pool.id, { filter, limit: 1, offset: 1 }))).toEqual(["other"]);
      expect(names(await workQueues.list(workspace_id, { filter: null, ...onPage }))).toEqual([
        "first",
        "other",
        "second",
      ]);
      expect(await workQueues.countOfPool(pool.id)).toBe(3);
    });

    it("note a poll without counting as changed, and become READY only when they were not", async () => {
      const pool = aWorkPool();
      const [idle, paused, ready] = (["NOT_READY", "PAUSED", "READY"] as const).map((status) =>
        aWorkQueue(pool, { status }),
      ) as [NewWorkQueue, NewWorkQueue, NewWorkQueue]; // as many as statuses
      await make(pool, [idle, paused, ready]);
      const ids = [idle.id, paused.id, ready.id];
      const awoken = await store.transaction((tx) => tx.workQueues.markPolled(ids, noon(1)));
      expect(awoken).toMatchObject([{ id: idle.id, status: "READY", work_pool_name: pool.name }]);
      expect(await store.transaction((tx) => tx.workQueues.markPolled(ids, noon(2)))).toEqual([]);
      const now = await store.reads.workQueues.listOfPool(pool.id);
      expect(now.map(({ last_polled }) => last_polled)).toEqual([noon(2), noon(2), noon(2)]);
      expect(now.find(({ id }) => id === paused.id)).toMatchObject({ status: "PAUSED", updated: NOON });
    });

    it("are NOT_READY again when nobody polls them, unless somebody just did", async () => {
      const pool = aWorkPool();
      const queue = (changes: object) => aWorkQueue(pool, { status: "READY", last_polled: NOON, ...changes });
      const [stale, fresh, never] = [
        queue({}),
        queue({ last_polled: noon(5) }),
        queue({ last_polled: null }),
      ];
      await make(pool, [stale, fresh, never]);
      const unpolled = (await store.reads.workQueues.listUnpolled(noon(5), 1000)).map(({ id }) => id);
      expect(unpolled).toContain(stale.id);
      expect(unpolled).not.toContain(fresh.id);
      expect(unpolled).not.toContain(never.id);
      const mark = (id: typeof stale.id) =>
        store.transaction((tx) => tx.workQueues.markUnpolled(id, noon(5), noon(6)));
      expect(await mark(stale.id)).toMatchObject({ id: stale.id, status: "NOT_READY", updated: noon(6) });
      expect(await mark(stale.id)).toBeNull();
      expect(await mark(fresh.id)).toBeNull();
    });

    it("change and are deleted; their runs stay", async () => {
      const pool = aWorkPool();
      const [queue, other] = [aWorkQueue(pool), aWorkQueue(pool)];
      await make(pool, [queue, other]);
      const [run] = await storeRuns(store, [{ work_queue_id: queue.id }]);
      const rename = (name: string) =>
        store.transaction((tx) => tx.workQueues.update(queue.id, { name, updated: noon(1) }));
      await expect(rename(other.name)).rejects.toThrow(StoreConflictError);
      await rename("renamed");
      expect(await store.reads.workQueues.read(WORKSPACE, queue.id)).toMatchObject({ name: "renamed" });
      await store.transaction((tx) => tx.workQueues.delete(queue.id));
      expect(await store.reads.workQueues.read(WORKSPACE, queue.id)).toBeNull();
      const left = await store.reads.flowRuns.read(WORKSPACE, run?.id as FlowRunId); // one was stored
      expect(left).toMatchObject({ work_queue_id: null });
    });
  });

  describe("workers", () => {
    const heard = async (poolId: WorkPoolId, filter: object | null = null) =>
      await store.reads.workers.list(poolId, {
        filter: filter && { operator: "and_", ...filter },
        ...onPage,
      });

    it("are put once for each name, and keep the interval they stated", async () => {
      const pool = aWorkPool();
      const worker = aWorker(pool, { heartbeat_interval_seconds: 5, status: "OFFLINE" });
      await make(pool, [], [worker]);
      const beat = aWorker(pool, { name: worker.name, last_heartbeat_time: noon(9), updated: noon(9) });
      await store.transaction((tx) => tx.workers.put(beat));
      expect(await heard(pool.id)).toEqual([
        { ...worker, status: "ONLINE", last_heartbeat_time: noon(9), updated: noon(9) },
      ]);
      expect(await store.reads.workers.countOnline(pool.id)).toBe(1);
      const remove = () => store.transaction((tx) => tx.workers.delete(pool.id, worker.name));
      expect(await remove()).toBe(true);
      expect(await remove()).toBe(false);
    });

    it("come by their last heartbeat, filtered", async () => {
      const pool = aWorkPool();
      const [old, young] = [
        aWorker(pool, { status: "OFFLINE" }),
        aWorker(pool, { last_heartbeat_time: noon(1) }),
      ];
      await make(pool, [], [old, young]);
      expect(await heard(pool.id)).toEqual([young, old]);
      expect(await heard(pool.id, { status: { any_: ["OFFLINE"] } })).toEqual([old]);
      expect(await heard(pool.id, { status: { not_any_: ["OFFLINE"] } })).toEqual([young]);
      expect(await heard(pool.id, { last_heartbeat_time: { after_: noon(1) } })).toEqual([young]);
    });

    it("are OFFLINE when they have missed their beats, by their own interval", async () => {
      const pool = aWorkPool();
      const [quick, slow, unstated] = [
        aWorker(pool, { heartbeat_interval_seconds: 5 }),
        aWorker(pool, { heartbeat_interval_seconds: 600 }),
        aWorker(pool),
      ];
      await make(pool, [], [quick, slow, unstated]);
      const options = { missedBeats: 3, defaultIntervalSeconds: 30 };
      const silent = async (seconds: number) => {
        await store.transaction((tx) => tx.workers.markSilent(noon(seconds), options));
        const offline = await heard(pool.id, { status: { any_: ["OFFLINE"] } });
        return new Set(offline.map(({ id }) => id));
      };
      expect(await silent(15)).toEqual(new Set());
      expect(await silent(16)).toEqual(new Set([quick.id]));
      expect(await silent(91)).toEqual(new Set([quick.id, unstated.id]));
      expect(await silent(1801)).toEqual(new Set([quick.id, unstated.id, slow.id]));
    });
  });

  it("slots are counted from the runs that hold them", async () => {
    const pool = aWorkPool();
    const [queue, other] = [aWorkQueue(pool), aWorkQueue(pool)];
    await make(pool, [queue, other]);
    const states: StateType[] = ["PENDING", "RUNNING", "CANCELLING", "SCHEDULED", "COMPLETED"];
    const ofQueue = states.map((type) => ({ work_queue_id: queue.id, state: aState(type) }));
    const runs = await storeRuns(store, [...ofQueue, { work_queue_id: other.id }, {}]);
    const { slots } = store.reads;
    const holding: StateType[] = ["PENDING", "RUNNING"];
    expect(await slots.countByQueue([queue.id, other.id], holding)).toEqual(
      new Map([
        [queue.id, 2],
        [other.id, 1],
      ]),
    );
    expect(await slots.countByQueue([queue.id], [...holding, "CANCELLING"])).toEqual(
      new Map([[queue.id, 3]]),
    );
    expect(await slots.countByPool([pool.id], holding)).toEqual(new Map([[pool.id, 3]]));
    const holders = await slots.listHolders(queue.id, holding, { limit: 1, offset: 1 });
    expect(holders).toEqual([
      {
        id: runs[1]?.id,
        name: runs[1]?.name,
        work_queue_id: queue.id,
        state_type: "RUNNING",
        state_name: "Running",
        start_time: null,
        state_timestamp: NOON,
      },
    ]);
  });
}
