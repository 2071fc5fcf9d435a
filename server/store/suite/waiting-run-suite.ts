import type { WorkQueueId } from "@sluice/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { NewFlowRun } from "../flow-runs.ts";
import type { Store } from "../store.ts";
import type { WaitingRunQuery } from "../waiting-runs.ts";
import {
  aState,
  aWorkPool,
  aWorkQueue,
  noon,
  type OpenStore,
  type StoreUnderTest,
  storeRuns,
} from "./fixtures.ts";

export function waitingRunSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  /** Queues of a pool of their own. */
  const makeQueues = async (count: number): Promise<WorkQueueId[]> => {
    const pool = aWorkPool();
    const queues = Array.from({ length: count }, () => aWorkQueue(pool));
    await store.transaction(async (tx) => {
      await tx.workPools.create(pool);
      for (const queue of queues) await tx.workQueues.create(queue);
    });
    return queues.map(({ id }) => id);
  };
  const waiting = (queue: WorkQueueId, name: string, seconds: number): Partial<NewFlowRun> => ({
    name,
    work_queue_id: queue,
    next_scheduled_start_time: noon(seconds),
    state: aState("SCHEDULED"),
  });
  const take = async (
    queues: readonly (readonly [WorkQueueId, number])[],
    more: Partial<WaitingRunQuery> = {},
  ) => {
    const runs = await store.reads.waitingRuns.list({
      allowances: queues.map(([queue_id, at_most]) => ({ queue_id, at_most })),
      at_most: 100,
      scheduled_after: null,
      scheduled_before: null,
      with_in_process_retries: false,
      ...more,
    });
    return runs.map(({ name }) => name);
  };

  it("come queue by queue, the earliest first, as many as each queue may give", async () => {
    const [first, second] = (await makeQueues(2)) as [WorkQueueId, WorkQueueId]; // as many as asked for
    await storeRuns(store, [
      waiting(second, "early", -9),
      waiting(first, "b", 2),
      waiting(first, "a", 1),
      waiting(first, "c", 3),
      waiting(second, "late", 9),
    ]);
    const both = [
      [first, 10],
      [second, 10],
    ] as const;
    expect(await take(both)).toEqual(["a", "b", "c", "early", "late"]);
    expect(await take(both, { at_most: 4 })).toEqual(["a", "b", "c", "early"]);
    expect(
      await take([
        [second, 1],
        [first, 2],
      ]),
    ).toEqual(["early", "a", "b"]);
    expect(await take(both, { scheduled_before: noon(1) })).toEqual(["a", "early"]);
    expect(await take(both, { scheduled_after: noon(3) })).toEqual(["c", "late"]);
    expect(await take([])).toEqual([]);
  });

  it("are SCHEDULED, with their state and pool, and not for their own process to try again", async () => {
    const [queue] = (await makeQueues(1)) as [WorkQueueId]; // as many as asked for
    const retry = (type: "in_process" | "reschedule") => ({
      ...waiting(queue, type, 2),
      empirical_policy: {
        max_retries: 0,
        retry_delay_seconds: 0,
        retries: 1,
        retry_delay: 0,
        pause_keys: [],
        resuming: false,
        retry_type: type,
      },
    });
    await storeRuns(store, [
      waiting(queue, "scheduled", 1),
      { ...waiting(queue, "pending", 1), state: aState("PENDING") },
      { ...waiting(queue, "over", 1), state: aState("COMPLETED") },
      retry("in_process"),
      retry("reschedule"),
    ]);
    expect(await take([[queue, 9]])).toEqual(["scheduled", "reschedule"]);
    const all = await take([[queue, 9]], { with_in_process_retries: true });
    expect(all).toHaveLength(3);
  });

  it("come from any number of queues", async () => {
    const queues = await makeQueues(120);
    await storeRuns(
      store,
      queues.map((queue, index) => waiting(queue, `run-${index}`, -index)),
    );
    const each = queues.map((queue) => [queue, 1] as const);
    expect(await take(each, { at_most: 200 })).toEqual(queues.map((_, index) => `run-${index}`));
    expect(await take(each, { at_most: 60 })).toHaveLength(60);
  });
}
