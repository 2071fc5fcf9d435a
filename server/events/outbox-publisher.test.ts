import { describe, expect, it } from "vitest";
import { StoreUnavailableError } from "../store/errors.ts";
import type { StoredEvent } from "../store/events.ts";
import type { Store } from "../store/store.ts";
import { eventBroadcast } from "./broadcast.ts";
import { SILENT_LOG } from "./event-log.ts";
import { allEvents, ids, storedEvent } from "./fixtures/sample-events.ts";
import { beforeTransactions, databases } from "./fixtures/test-store.ts";
import { OutboxPublisher } from "./outbox-publisher.ts";

function publisherOf(store: Store, log = SILENT_LOG) {
  const published: StoredEvent[] = [];
  const publisher = new OutboxPublisher({
    store,
    broadcast: eventBroadcast(),
    onStored: (events) => published.push(...events),
    log,
  });
  return { publisher, published };
}

async function append(store: Store, events: readonly StoredEvent[]): Promise<void> {
  await store.transaction((tx) => tx.outbox.append(events));
}

describe.each(await databases())("OutboxPublisher on %s", (_, openTestStore) => {
  it("moves what waits into the events, in order, and empties the outbox", async () => {
    await using opened = await openTestStore();
    const { publisher, published } = publisherOf(opened.store);
    const events = Array.from({ length: 1100 }, () => storedEvent());
    await append(opened.store, events);
    await publisher.flush();
    expect(ids(published)).toEqual(ids(events));
    expect((await allEvents(opened.store)).length).toBe(1100);
    expect(await opened.store.reads.outbox.count()).toBe(0);
    await publisher.close();
  });

  it("does not publish an event a second time that was stored already", async () => {
    await using opened = await openTestStore();
    const { publisher, published } = publisherOf(opened.store);
    const event = storedEvent();
    await opened.store.transaction((tx) => tx.events.insert([event]));
    await append(opened.store, [event]);
    await publisher.flush();
    expect(published).toEqual([]);
    expect(await opened.store.reads.outbox.count()).toBe(0);
    await publisher.close();
  });

  it("publishes what is appended while it is at work", async () => {
    await using opened = await openTestStore();
    const { publisher, published } = publisherOf(opened.store);
    const events = Array.from({ length: 30 }, () => storedEvent());
    for (const event of events) {
      await append(opened.store, [event]);
      publisher.wake();
    }
    await publisher.flush();
    expect(ids(published)).toEqual(ids(events));
    await publisher.close();
  });

  it("finds by itself what another process left behind", async () => {
    await using opened = await openTestStore();
    const published: StoredEvent[] = [];
    const publisher = new OutboxPublisher({
      store: opened.store,
      broadcast: { publish: (events) => published.push(...events) },
      log: SILENT_LOG,
      pollIntervalMs: 5,
    });
    publisher.start();
    await publisher.flush();
    await append(opened.store, [storedEvent()]);
    await expect.poll(() => published.length).toBe(1);
    await publisher.close();
  });

  it("keeps what it could not publish during an outage, and publishes it after", async () => {
    await using opened = await openTestStore();
    let isAway = true;
    const flaky = beforeTransactions(opened.store, async () => {
      if (isAway) throw new StoreUnavailableError("away");
    });
    const { publisher, published } = publisherOf(flaky);
    const event = storedEvent();
    await append(opened.store, [event]);
    await publisher.flush();
    expect(published).toEqual([]);
    isAway = false;
    await publisher.flush();
    expect(ids(published)).toEqual([event.id]);
    await publisher.close();
  });

  it("takes an entry out that can't be stored as an event, logs it whole, and publishes the others", async () => {
    await using opened = await openTestStore();
    const discarded: object[] = [];
    const { publisher, published } = publisherOf(opened.store, {
      ...SILENT_LOG,
      error: (fields) => discarded.push(fields),
    });
    const good = [storedEvent(), storedEvent(), storedEvent()];
    // A column that must not be empty is: nothing that today's code writes, but an older release might have.
    const bad = { ...storedEvent(), event: null } as unknown as StoredEvent;
    await append(opened.store, [...good.slice(0, 1), bad, ...good.slice(1)]);
    await publisher.flush();
    expect(ids(published)).toEqual(ids(good));
    expect(discarded).toEqual([expect.objectContaining({ event: expect.objectContaining({ id: bad.id }) })]);
    expect(await opened.store.reads.outbox.count()).toBe(0);
    await publisher.close();
  });

  it("shares the work with other processes: every event once, and those of one run in order", async () => {
    await using opened = await openTestStore();
    const stores = [opened.store, await opened.again(), await opened.again()];
    const published: StoredEvent[] = [];
    const publishers = stores.map(
      (store) =>
        new OutboxPublisher({
          store,
          broadcast: { publish: (events) => published.push(...events) },
          log: SILENT_LOG,
          pollIntervalMs: 20,
        }),
    );
    for (const publisher of publishers) publisher.start();
    const runs = Array.from({ length: 6 }, (_run, run) =>
      Array.from({ length: 40 }, (_step, step) => storedEvent({ payload: { run, step } })),
    );
    await Promise.all(
      runs.map(async (events, run) => {
        const at = run % stores.length;
        for (const event of events) {
          await append(stores[at] ?? opened.store, [event]);
          publishers[at]?.wake();
        }
      }),
    );
    await expect.poll(() => published.length, { timeout: 10_000 }).toBe(240);
    for (const [run, events] of runs.entries()) {
      expect(ids(published.filter(({ payload }) => payload["run"] === run))).toEqual(ids(events));
    }
    await Promise.all(publishers.map((publisher) => publisher.close()));
  });
});
