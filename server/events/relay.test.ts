import { DEFAULT_WORKSPACE_ID, type Timestamp, timestampFromMilliseconds } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import type { StoredEvent } from "../store/events.ts";
import { NO_SIGNALS, type StoreSignals } from "../store/signals.ts";
import type { Store } from "../store/store.ts";
import { aLog } from "../store/suite/fixtures.ts";
import { type Broadcast, type BroadcastItem, eventBroadcast, logBroadcast } from "./broadcast.ts";
import { EventIngest } from "./event-ingest.ts";
import { SILENT_LOG } from "./event-log.ts";
import { ids, storedEvent } from "./fixtures/sample-events.ts";
import { databases, openTestStore, storeParts } from "./fixtures/test-store.ts";
import { LogIngest } from "./log-ingest.ts";
import { eventRelay, logRelay } from "./relay.ts";

const now = (): Timestamp => timestampFromMilliseconds(Date.now());

/** What one process has to do with events. */
async function startProcess(store: Store) {
  const broadcast = eventBroadcast();
  const relay = eventRelay({ store, broadcast, log: SILENT_LOG, now });
  const ingest = new EventIngest({
    store,
    broadcast,
    onStored: (events) => relay.tell(events),
    log: SILENT_LOG,
  });
  await relay.start();
  return {
    broadcast,
    add: (event: StoredEvent) => ingest.stored(ingest.add(event, 1)),
    async [Symbol.asyncDispose]() {
      await ingest.close();
      await relay.close();
    },
  };
}

const postgres = (await databases()).filter(([name]) => name === "PostgreSQL");

describe.each(postgres)("relays on %s", (_, open) => {
  it("brings every event to the subscribers of every process, once", async () => {
    await using opened = await open();
    await using one = await startProcess(opened.store);
    await using two = await startProcess(await opened.again());
    const heard = [one, two].map(({ broadcast }) => collect(broadcast));
    const events = Array.from({ length: 500 }, () => storedEvent());
    await Promise.all(events.map((event, index) => (index % 2 === 0 ? one : two).add(event)));
    for (const received of heard) {
      await expect.poll(() => received.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(events.length);
      expect(ids(received).toSorted()).toEqual(ids(events).toSorted());
    }
  });

  it("keep the order in which a process stored its events", async () => {
    await using opened = await open();
    await using one = await startProcess(opened.store);
    await using two = await startProcess(await opened.again());
    const received = collect(two.broadcast);
    const events = Array.from({ length: 300 }, () => storedEvent());
    for (const event of events) await one.add(event);
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(events.length);
    expect(ids(received)).toEqual(ids(events));
  });

  it("bring log lines too", async () => {
    await using opened = await open();
    const other = await opened.again();
    const [broadcast, elsewhere] = [logBroadcast(), logBroadcast()];
    const relay = logRelay({ store: opened.store, broadcast, log: SILENT_LOG, now });
    const there = logRelay({ store: other, broadcast: elsewhere, log: SILENT_LOG, now });
    await Promise.all([relay.start(), there.start()]);
    const logs = new LogIngest({
      store: opened.store,
      broadcast,
      onStored: (lines) => relay.tell(lines),
      log: SILENT_LOG,
    });
    const received = collect(elsewhere);
    const lines = [aLog({ message: "one" }), aLog({ message: "two" })];
    await logs.store(lines, 100);
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(2);
    expect(received).toEqual(lines);
    await logs.close();
    await Promise.all([relay.close(), there.close()]);
  });
});

describe("a relay", () => {
  it("makes up for what was stored while it could not listen", async () => {
    await using opened = await openTestStore();
    let reconnect: () => void = () => undefined;
    const signals: StoreSignals = {
      ...NO_SIGNALS,
      listen: (_channel, _onMessage, onReconnect) => {
        reconnect = onReconnect;
        return Promise.resolve(() => Promise.resolve());
      },
    };
    await using deaf = await startProcess(withSignals(opened.store, signals));
    const received = collect(deaf.broadcast);
    const own = storedEvent();
    await deaf.add(own);
    const missed = [storedEvent(), storedEvent()];
    await opened.store.transaction((tx) => tx.events.insert(missed));
    reconnect();
    await expect.poll(() => received.length).toBe(3);
    expect(ids(received).toSorted()).toEqual(ids([own, ...missed]).toSorted());
  });
});

function collect<Item extends BroadcastItem>(broadcast: Broadcast<Item>): Item[] {
  const received: Item[] = [];
  const subscription = broadcast.subscribe(DEFAULT_WORKSPACE_ID, () => true);
  void (async () => {
    for (let batch = await subscription.next(); batch !== null; batch = await subscription.next()) {
      received.push(...batch);
    }
  })();
  return received;
}

function withSignals(store: Store, signals: StoreSignals): Store {
  return { ...storeParts(store), signals, transaction: (work) => store.transaction(work) };
}
