import { newId } from "@sluice/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import { StoreUnavailableError } from "../errors.ts";
import type { Store } from "../store.ts";
import {
  aFlow,
  anEvent,
  aState,
  NOON,
  noon,
  type OpenStore,
  type StoreUnderTest,
  storeRuns,
  WORKSPACE,
} from "./fixtures.ts";

export function transactionSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await open();
    store = under.store;
  });
  afterAll(() => under[Symbol.asyncDispose]());

  /** Counts up a run's `run_count` under its lock, as commands do. */
  const countUp = async (by: Store, id: Awaited<ReturnType<typeof storeRuns>>[number]["id"]) =>
    by.transaction(async (tx) => {
      const facts = await tx.flowRuns.lockForTransition([id], NOON);
      const run = facts.get(id)!.run;
      const run_count = run.run_count + 1;
      await tx.flowRuns.applyTransitions([
        {
          id,
          state: aState("RUNNING", { timestamp: noon(run_count) }),
          progress: { ...run, run_count },
          updated: noon(run_count),
        },
      ]);
    });

  it("answers with what the work returns", async () => {
    expect(await store.transaction(() => Promise.resolve("answer"))).toBe("answer");
  });

  it("decides about one run one after the other, whoever asks", async () => {
    const [run] = await storeRuns(store, [{}]);
    const another = await under.openAnother();
    try {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => countUp(index % 2 === 0 ? store : another, run!.id)),
      );
    } finally {
      await another.close();
    }
    expect(await store.reads.flowRuns.read(WORKSPACE, run!.id)).toMatchObject({ run_count: 20 });
    expect(await store.reads.states.listFlowRunStates(WORKSPACE, run!.id)).toHaveLength(21);
  });

  it("locks runs in one order, so that batches in opposite orders do not block each other for good", async () => {
    const runs = await storeRuns(
      store,
      Array.from({ length: 10 }, () => ({})),
    );
    const ids = runs.map((run) => run.id);
    const lock = (order: typeof ids) =>
      store.transaction(async (tx) => (await tx.flowRuns.lockForTransition(order, NOON)).size);
    const sizes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => lock(index % 2 === 0 ? ids : ids.toReversed())),
    );
    expect(sizes).toEqual(Array.from({ length: 10 }, () => 10));
  });

  it("shows another process what was committed, and only that", async () => {
    const another = await under.openAnother();
    try {
      const flow = aFlow();
      await store.transaction(async (tx) => {
        await tx.flows.create(flow);
        expect(await another.reads.flows.read(WORKSPACE, flow.id)).toBeNull();
      });
      expect(await another.reads.flows.read(WORKSPACE, flow.id)).toEqual(flow);
    } finally {
      await another.close();
    }
  });

  it("takes the same event from two processes once", async () => {
    const another = await under.openAnother();
    try {
      const events = Array.from({ length: 50 }, () => anEvent());
      const answers = await Promise.all(
        [store, another, store, another].map((by) => by.transaction((tx) => tx.events.insert(events))),
      );
      expect(answers.reduce((sum, ids) => sum + ids.size, 0)).toBe(50);
    } finally {
      await another.close();
    }
  });

  it("hands every outbox entry to one process", async () => {
    const another = await under.openAnother();
    try {
      await store.transaction((tx) => tx.outbox.append(Array.from({ length: 30 }, () => anEvent())));
      const taken: string[] = [];
      const drain = async (by: Store) => {
        while ((await by.reads.outbox.count()) > 0) {
          const ids = await by.transaction(async (tx) => {
            const entries = await tx.outbox.take(4);
            await tx.outbox.delete(entries.map(({ position }) => position));
            return entries.map(({ event }) => event.id);
          });
          taken.push(...ids);
        }
      };
      await Promise.all([drain(store), drain(another)]);
      expect(taken).toHaveLength(30);
      expect(new Set(taken).size).toBe(30);
    } finally {
      await another.close();
    }
  });

  it("is healthy until it is closed, which may be said twice", async () => {
    const another = await under.openAnother();
    expect(await another.isHealthy()).toBe(true);
    await another.close();
    await another.close();
    expect(await another.isHealthy()).toBe(false);
    await expect(another.transaction((tx) => tx.flows.read(WORKSPACE, newId()))).rejects.toThrow(
      StoreUnavailableError,
    );
  });
}
