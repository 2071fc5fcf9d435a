import type { Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "../commands/context.ts";
import { RunWriter } from "../commands/run-writer.ts";
import { SecretBox } from "../commands/secret-box.ts";
import { recordWorkerHeartbeat } from "../commands/workers.ts";
import { serviceCaller } from "../commands/service-caller.ts";
import { databases, type TestStore } from "../events/fixtures/test-store.ts";
import type { Store } from "../store/store.ts";
import { aWorker, aWorkPool, aWorkQueue, NOON, noon, WORKSPACE } from "../store/suite/fixtures.ts";
import { foreman } from "./foreman.ts";

const NEVER = new AbortController().signal;

function contextOn(store: Store, moment: Timestamp): CommandContext {
  const now = () => moment;
  const random = () => 0.5;
  const secrets = () => Promise.resolve(new SecretBox("a key for tests alone"));
  return { store, now, random, secrets, runs: new RunWriter({ store, now, random }) };
}

/** One pass in each of two processes at the same time. */
async function passInTwoProcesses(opened: TestStore, moment: Timestamp): Promise<void> {
  const stores = [opened.store, await opened.again()];
  await Promise.all(stores.map((store) => foreman(contextOn(store, moment)).run(moment, NEVER)));
}

async function eventsIn(store: Store): Promise<string[]> {
  const entries = await store.transaction((tx) => tx.outbox.take(100));
  return entries.map(({ event }) => event.event).toSorted();
}

describe.each(await databases())("the foreman on %s", (_, open) => {
  it("finds a silent worker, and its pool NOT_READY, once", async () => {
    await using opened = await open();
    const pool = aWorkPool({ status: "READY" });
    await opened.store.transaction(async (tx) => {
      await tx.workPools.create(pool);
      await tx.workers.put(aWorker(pool, { heartbeat_interval_seconds: 10 }));
    });
    await passInTwoProcesses(opened, noon(30));
    expect(await opened.store.reads.workPools.read(WORKSPACE, pool.id)).toMatchObject({ status: "READY" });
    await passInTwoProcesses(opened, noon(31));
    const found = await opened.store.reads.workPools.read(WORKSPACE, pool.id);
    expect(found).toMatchObject({ status: "NOT_READY", last_transitioned_status_at: noon(31) });
    expect(await opened.store.reads.workers.countOnline(pool.id)).toBe(0);
    expect(await eventsIn(opened.store)).toEqual(["prefect.work-pool.not-ready"]);
  });

  it("leaves a pool that a heartbeat keeps, and one that is paused", async () => {
    await using opened = await open();
    const [beating, paused] = [aWorkPool({ status: "READY" }), aWorkPool({ status: "PAUSED" })];
    await opened.store.transaction(async (tx) => {
      for (const pool of [beating, paused]) await tx.workPools.create(pool);
      await tx.workers.put(aWorker(beating, { name: "w" }));
    });
    const context = contextOn(opened.store, noon(200));
    await recordWorkerHeartbeat(context, serviceCaller(WORKSPACE), beating.name, { name: "w" });
    await passInTwoProcesses(opened, noon(200));
    const statusOf = async ({ id }: typeof beating) =>
      (await opened.store.reads.workPools.read(WORKSPACE, id))?.status;
    expect(await statusOf(beating)).toBe("READY");
    expect(await statusOf(paused)).toBe("PAUSED");
    expect(await eventsIn(opened.store)).toEqual([]);
  });

  it("finds a queue that nobody has polled for a minute, once", async () => {
    await using opened = await open();
    const pool = aWorkPool();
    const queue = (seconds: number) => aWorkQueue(pool, { status: "READY", last_polled: noon(seconds) });
    const [stale, fresh] = [queue(-61), queue(-60)];
    await opened.store.transaction(async (tx) => {
      await tx.workPools.create(pool);
      for (const one of [stale, fresh]) await tx.workQueues.create(one);
    });
    await passInTwoProcesses(opened, NOON);
    const statusOf = async ({ id }: typeof stale) =>
      (await opened.store.reads.workQueues.read(WORKSPACE, id))?.status;
    expect(await statusOf(stale)).toBe("NOT_READY");
    expect(await statusOf(fresh)).toBe("READY");
    expect(await eventsIn(opened.store)).toEqual(["prefect.work-queue.not-ready"]);
  });
});
