import { newId, type TaskRunId, type Timestamp } from "@sluice/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store } from "../store.ts";
import type { TaskWorker, TaskWorkerId } from "../task-queue.ts";
import type { TaskRun } from "../task-runs.ts";
import {
  aState,
  aTaskRun,
  NOON,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
  WORKSPACE,
} from "./fixtures.ts";

export function taskQueueSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  /** Deferred runs of one task, due at these seconds after noon. */
  const queue = async (task_key: string, due: readonly number[], changes: Partial<TaskRun> = {}) => {
    const runs = due.map((seconds) =>
      aTaskRun({
        task_key,
        next_scheduled_start_time: noon(seconds),
        state: aState("SCHEDULED", { state_details: { deferred: true, scheduled_time: noon(seconds) } }),
        ...changes,
      }),
    );
    await store.transaction((tx) => tx.taskRuns.create(runs));
    return runs.map(({ id }) => id);
  };
  const aTaskWorker = (changes: Partial<TaskWorker> = {}): TaskWorker => ({
    id: newId<"task-worker">(),
    workspace_id: WORKSPACE,
    identifier: "host-1",
    task_keys: ["a", "b"],
    slots: null,
    created: NOON,
    seen: NOON,
    expires: noon(30),
    ...changes,
  });
  const add = (added: TaskWorker) => store.transaction((tx) => tx.taskQueue.addWorker(added));
  const worker = async (): Promise<TaskWorkerId> => {
    const added = aTaskWorker();
    await add(added);
    return added.id;
  };
  const claimAll = (
    task_key: string,
    workers: readonly TaskWorkerId[],
    { from = store, now = noon(1000) }: { from?: Store; now?: Timestamp } = {},
  ) => from.transaction((tx) => tx.taskQueue.claim(WORKSPACE, task_key, workers, now));
  const claim = async (...parameters: Parameters<typeof claimAll>): Promise<TaskRunId[]> =>
    (await claimAll(...parameters)).map(({ run }) => run.id);
  const queued = (id: TaskRunId, task_key: string) => ({ id, workspace_id: WORKSPACE, task_key });

  describe("handing out", () => {
    it("gives what has been due longest, each run to one worker, in full", async () => {
      const [late, early] = await queue("order", [2, 1]);
      const [first, second] = [await worker(), await worker()];
      const takers = [newId<"task-worker">(), first, second, second];
      expect(await claimAll("order", takers, { now: NOON })).toEqual([]);
      expect(await claimAll("order", takers, { now: noon(5) })).toEqual([
        { task_worker_id: first, run: await store.reads.taskRuns.read(WORKSPACE, early!) },
        { task_worker_id: second, run: await store.reads.taskRuns.read(WORKSPACE, late!) },
      ]);
      expect(await claim("order", [await worker()])).toEqual([]);
    });

    it("gives retries before new work", async () => {
      const [fresh] = await queue("retries", [1]);
      const [retry] = await queue("retries", [2], {
        state: aState("SCHEDULED", { name: "AwaitingRetry", state_details: { deferred: true } }),
      });
      expect(await claim("retries", [await worker(), await worker()])).toEqual([retry, fresh]);
    });

    it("keeps to the workspace, the task, the state, and to deferred runs", async () => {
      await queue("other-task", [1]);
      await queue("kept", [1], { workspace_id: otherWorkspace() });
      await queue("kept", [1], { state: aState("SCHEDULED") });
      await queue("kept", [1], { state: aState("PENDING", { state_details: { deferred: true } }) });
      expect(await claim("kept", [await worker()])).toEqual([]);
    });

    it("follows the run's state, whoever reports it", async () => {
      const [id] = await queue("reported", [1]);
      const run = await store.reads.taskRuns.read(WORKSPACE, id!);
      await store.transaction((tx) =>
        tx.taskRuns.record([
          {
            workspace_id: WORKSPACE,
            id: id!,
            flow_run_id: null,
            task_key: "reported",
            dynamic_key: run!.dynamic_key,
            columns: {},
            state: aState("SCHEDULED", { timestamp: noon(3), name: "AwaitingRetry" }),
            recorded: noon(3),
          },
        ]),
      );
      expect(await claim("reported", [await worker()])).toEqual([]);
    });

    it("gives no run to two processes that ask at the same time", async () => {
      const other = (await under.openAnother()) ?? store;
      const ids = await queue(
        "contended",
        Array.from({ length: 40 }, (_, index) => index),
      );
      const takers = await Promise.all(Array.from({ length: 20 }, worker));
      const rounds = takers.map((taker, index) =>
        claim("contended", [taker, taker, taker], { from: index % 2 === 0 ? store : other }),
      );
      const claimed = (await Promise.all(rounds)).flat();
      for (let rest = ["" as TaskRunId]; rest.length > 0; claimed.push(...rest)) {
        rest = await claim("contended", [takers[0]!, takers[0]!]);
      }
      expect(claimed.toSorted()).toEqual(ids.toSorted());
      if (other !== store) await other.close();
    });
  });

  describe("deliveries", () => {
    it("end when the run is given back, by the one that holds it", async () => {
      const [id] = await queue("back", [1]);
      const holder = await worker();
      await claim("back", [holder]);
      await store.transaction((tx) => tx.taskQueue.release(newId<"task-worker">(), [queued(id!, "back")]));
      expect(await claim("back", [await worker()])).toEqual([]);
      await store.transaction((tx) => tx.taskQueue.release(holder, [queued(id!, "back")]));
      const next = await worker();
      expect(await claim("back", [next])).toEqual([id]);
      expect(await store.reads.taskQueue.listDeliveries(next)).toMatchObject([{ id, attempts: 2 }]);
    });

    it("end when the run is queued anew, whoever holds it", async () => {
      const [id] = await queue("anew", [1]);
      await claim("anew", [await worker()]);
      await store.transaction((tx) => tx.taskQueue.enqueue([queued(id!, "anew")]));
      expect(await claim("anew", [await worker()])).toEqual([id]);
    });

    it("pass from one connection to another", async () => {
      const [id] = await queue("passed", [1]);
      const [from, to] = [await worker(), await worker()];
      await claim("passed", [from]);
      await store.transaction((tx) => tx.taskQueue.acknowledge(from, id!));
      await store.transaction((tx) => tx.taskQueue.handOver(from, to));
      expect(await store.reads.taskQueue.listDeliveries(from)).toEqual([]);
      expect(await store.reads.taskQueue.listDeliveries(to)).toMatchObject([
        { id, task_key: "passed", is_acknowledged: true, state_type: "SCHEDULED" },
      ]);
    });

    it("are dropped with the next receipt once their runs have started", async () => {
      const [started, next] = await queue("started", [1, 2]);
      const holder = await worker();
      await claim("started", [holder, holder]);
      await store.transaction((tx) => tx.taskQueue.acknowledge(holder, started!));
      await store.transaction(async (tx) => {
        const facts = await tx.taskRuns.lockForTransition([started!], NOON);
        const state = aState("RUNNING", { timestamp: noon(9) });
        await tx.taskRuns.applyTransitions([
          { id: started!, state, progress: facts.get(started!)!.run, updated: noon(9) },
        ]);
        await tx.taskQueue.acknowledge(holder, next!);
      });
      expect(await store.reads.taskQueue.listDeliveries(holder)).toMatchObject([{ id: next }]);
    });

    it("go with their run", async () => {
      const [id] = await queue("deleted", [1]);
      const holder = await worker();
      await claim("deleted", [holder]);
      await store.transaction((tx) => tx.taskRuns.delete(WORKSPACE, [id!]));
      expect(await store.reads.taskQueue.listDeliveries(holder)).toEqual([]);
    });
  });

  describe("task workers", () => {
    it("are listed while they are renewed, all or those of some tasks", async () => {
      const workspace_id = otherWorkspace();
      const first = aTaskWorker({ workspace_id, slots: 3 });
      const second = aTaskWorker({ workspace_id, created: noon(1), task_keys: ["c"], expires: noon(60) });
      await add(first);
      await add(second);
      const list = (keys: string[] | null, now: Timestamp) =>
        store.reads.taskQueue.listWorkers(workspace_id, keys, now);
      expect(await list(null, noon(10))).toEqual([first, second]);
      expect(await list(["b", "x"], noon(10))).toEqual([first]);
      expect(await list(null, noon(30))).toEqual([second]);
      expect(await store.reads.taskQueue.listExpiredWorkers(noon(30), 100)).toContainEqual(first);
      const renewed = await store.transaction((tx) =>
        tx.taskQueue.renewWorkers([first.id, newId<"task-worker">()], noon(31), noon(61)),
      );
      expect([...renewed]).toEqual([first.id]);
      expect(await list(null, noon(60))).toEqual([{ ...first, seen: noon(31), expires: noon(61) }]);
    });

    it("get what earlier connections of theirs still hold when they come back", async () => {
      const identifier = "host-back";
      const [kept, given, expired, other] = await queue("adopted", [1, 2, 3, 4]);
      const early = aTaskWorker({ identifier });
      const late = aTaskWorker({ identifier, expires: noon(5) });
      const stranger = aTaskWorker({ identifier: "host-other" });
      for (const one of [early, late, stranger]) await add(one);
      await claim("adopted", [early.id, early.id, late.id, stranger.id]);
      await store.transaction((tx) => tx.taskQueue.enqueue([queued(given!, "adopted")]));
      const back = aTaskWorker({ identifier });
      const held = await store.transaction(async (tx) => {
        await tx.taskQueue.addWorker(back);
        return await tx.taskQueue.adopt(back, [kept!, given!, expired!, other!], noon(6));
      });
      expect(held).toEqual([kept]);
      expect(await store.reads.taskQueue.listDeliveries(back.id)).toMatchObject([{ id: kept }]);
    });

    it("are seized once they have expired, and can't be renewed then", async () => {
      const seized = aTaskWorker();
      await add(seized);
      const seize = (now: Timestamp) => store.transaction((tx) => tx.taskQueue.seizeWorker(seized.id, now));
      expect(await seize(noon(29))).toBeNull();
      expect(await seize(noon(30))).toEqual(seized);
      const renewed = await store.transaction((tx) =>
        tx.taskQueue.renewWorkers([seized.id], noon(31), noon(61)),
      );
      expect(renewed.size).toBe(0);
    });

    it("are forgotten only when they hold nothing", async () => {
      const holder = aTaskWorker();
      await add(holder);
      const [id] = await queue("holder", [1]);
      await claim("holder", [holder.id]);
      const remove = () => store.transaction((tx) => tx.taskQueue.removeWorker(holder.id));
      expect(await remove()).toBe(false);
      await store.transaction((tx) => tx.taskQueue.settle(holder.id, [id!]));
      expect(await remove()).toBe(true);
      expect(await remove()).toBe(false);
    });
  });
}
