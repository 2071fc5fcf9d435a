import { describe, expect, it } from "vitest";
import { eventBroadcast } from "../../events/broadcast.ts";
import { EventIngest } from "../../events/event-ingest.ts";
import { SILENT_LOG } from "../../events/event-log.ts";
import { ids, storedEvent } from "../../events/fixtures/sample-events.ts";
import { openTestStore } from "../../events/fixtures/test-store.ts";
import type { StoredEvent } from "../../store/events.ts";
import type { Store } from "../../store/store.ts";
import { eventsOutRoute } from "./events-out.ts";
import { startSocketServer, type TestSocket } from "./fixtures/socket-client.ts";

/** What stock clients ask for: all that comes from now on. */
const OPEN_END = { occurred: { since: "2020-01-01T00:00:00Z", until: "2100-01-01T00:00:00Z" } };

async function startStream(store: Store, bounds: { bufferItems?: number; bufferBytes?: number } = {}) {
  const broadcast = eventBroadcast(bounds);
  const ingest = new EventIngest({ store, broadcast, log: SILENT_LOG });
  const server = await startSocketServer([eventsOutRoute({ events: store.reads.events, broadcast })]);
  return {
    ...server,
    broadcast,
    add: (event: StoredEvent) => ingest.stored(ingest.add(event, 1)),
    async subscribe(message: object): Promise<TestSocket> {
      const client = await server.connect("/api/events/out").authenticate();
      client.send({ type: "filter", ...message });
      return client;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await ingest.close();
    },
  };
}

async function receiveIds(client: TestSocket, count: number): Promise<string[]> {
  const received: string[] = [];
  while (received.length < count) {
    // The shape is what the tests are about.
    const message = (await client.receive()) as { type: string; event: { id: string } } | null;
    if (message === null) break;
    received.push(message.event.id);
  }
  return received;
}

describe("/events/out", () => {
  it("sends the stored events that match, oldest first, then live ones", async () => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    const stored = [storedEvent(), storedEvent({ event: "other" }), storedEvent()];
    for (const event of stored) await stream.add(event);
    const client = await stream.subscribe({ filter: { ...OPEN_END, event: { name: ["sample.happened"] } } });
    expect(await receiveIds(client, 2)).toEqual([stored[0]?.id, stored[2]?.id]);
    const live = storedEvent();
    await stream.add(storedEvent({ event: "other" }));
    await stream.add(live);
    expect(await client.receive()).toEqual({
      type: "event",
      event: expect.objectContaining({ id: live.id, resource: live.resource, received: expect.any(String) }),
    });
  });

  it("leaves no gap and sends nothing twice, however the subscription falls into a stream of events", async () => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    const events = Array.from({ length: 1500 }, () => storedEvent());
    const joining: Promise<TestSocket>[] = [];
    const adding = (async () => {
      for (const event of events) {
        await stream.add(event);
        // Backfills are under way all the time, so every way of falling into the stream occurs.
        if (events.indexOf(event) % 100 === 50) joining.push(stream.subscribe({ filter: OPEN_END }));
      }
    })();
    await adding;
    for (const client of await Promise.all(joining)) {
      const received = await receiveIds(client, events.length);
      expect(received.toSorted()).toEqual(ids(events).toSorted());
    }
  });

  it("sends only what comes from now on when no backfill is wanted", async () => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    await stream.add(storedEvent());
    const client = await stream.subscribe({ filter: OPEN_END, backfill: false });
    await expect.poll(() => stream.broadcast.subscriberCount).toBe(1);
    const live = storedEvent();
    await stream.add(live);
    expect(await receiveIds(client, 1)).toEqual([live.id]);
  });

  it("does not reach back further than a quarter of an hour", async () => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    const old = storedEvent({ occurred: new Date(Date.now() - 16 * 60_000).toISOString() });
    const recent = storedEvent({ occurred: new Date(Date.now() - 14 * 60_000).toISOString() });
    await stream.add(old);
    await stream.add(recent);
    const client = await stream.subscribe({ filter: OPEN_END });
    expect(await receiveIds(client, 1)).toEqual([recent.id]);
  });

  it("matches no future event when the client gives no end, as the contract has it", async () => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    const stored = storedEvent();
    await stream.add(stored);
    const client = await stream.subscribe({ filter: {} });
    expect(await receiveIds(client, 1)).toEqual([stored.id]);
    await stream.add(storedEvent({ occurred: new Date(Date.now() + 1000).toISOString() }));
    client.socket.close();
    expect(await client.receive()).toBeNull();
  });

  it("honours filters for related resources, live as in the past", async () => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    const related = [{ "prefect.resource.id": "prefect.flow.1", "prefect.resource.role": "flow" }];
    const past = storedEvent({ related });
    await stream.add(past);
    await stream.add(storedEvent());
    const client = await stream.subscribe({ filter: { ...OPEN_END, related: { id: ["prefect.flow.1"] } } });
    expect(await receiveIds(client, 1)).toEqual([past.id]);
    const live = storedEvent({ related });
    await stream.add(storedEvent());
    await stream.add(live);
    expect(await receiveIds(client, 1)).toEqual([live.id]);
  });

  it.each([
    ["another message", { type: "hello" }, "Expected 'filter' message"],
    ["an unknown criterion", { type: "filter", filter: { color: "red" } }, "Invalid filter: color"],
    ["no filter", { type: "filter" }, "Expected 'filter' message"],
  ])("ends on %s with 1002 and the reason", async (_, message, reason) => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    const client = await stream.subscribe(message);
    expect(await client.ended()).toEqual({ code: 1002, reason: expect.stringContaining(reason) });
  });

  it.each([
    ["messages", { bufferItems: 10 }],
    ["bytes", { bufferBytes: 1_000_000 }],
  ])("cuts a client off for which too many %s wait, and says so", async (_, bounds) => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store, bounds);
    const client = await stream.subscribe({ filter: OPEN_END, backfill: false });
    await expect.poll(() => stream.broadcast.subscriberCount).toBe(1);
    client.socket.pause();
    const payload = { text: "x".repeat(200_000) };
    while (stream.broadcast.subscriberCount > 0) await stream.add(storedEvent({ payload }));
    client.socket.resume();
    expect(await client.ended()).toEqual({ code: 1013, reason: expect.stringContaining("too slowly") });
  });

  it("forgets a client that leaves", async () => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    const client = await stream.subscribe({ filter: OPEN_END });
    await expect.poll(() => stream.broadcast.subscriberCount).toBe(1);
    client.socket.close();
    await expect.poll(() => stream.broadcast.subscriberCount).toBe(0);
  });

  it("ends with 1012 when the server stops, so that clients come back", async () => {
    await using opened = await openTestStore();
    await using stream = await startStream(opened.store);
    const client = await stream.subscribe({ filter: OPEN_END });
    await expect.poll(() => stream.broadcast.subscriberCount).toBe(1);
    await stream.sockets.close();
    expect(await client.ended()).toMatchObject({ code: 1012 });
  });
});
