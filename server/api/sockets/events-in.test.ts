import { DEFAULT_WORKSPACE_ID, newId } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { eventBroadcast } from "../../events/broadcast.ts";
import { EventIngest, type EventIngestLimits } from "../../events/event-ingest.ts";
import { SILENT_LOG } from "../../events/event-log.ts";
import { allEvents, ids, taskRunEvent, wireEvent } from "../../events/fixtures/sample-events.ts";
import { beforeTransactions, openTestStore } from "../../events/fixtures/test-store.ts";
import type { Store } from "../../store/store.ts";
import { eventsInRoute } from "./events-in.ts";
import { startSocketServer } from "./fixtures/socket-client.ts";

async function startIntake(store: Store, limits: Partial<EventIngestLimits> = {}) {
  const ingest = new EventIngest({ store, broadcast: eventBroadcast(), log: SILENT_LOG, limits });
  const server = await startSocketServer([eventsInRoute({ ingest })]);
  return {
    ...server,
    ingest,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await ingest.close();
    },
  };
}

describe("/events/in", () => {
  it("answers a ping only when all that came before it is stored", async () => {
    await using opened = await openTestStore();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    await using intake = await startIntake(beforeTransactions(opened.store, () => gate));
    const client = await intake.connect("/api/events/in").authenticate();
    const event = wireEvent();
    client.send(event);
    let isConfirmed = false;
    const confirmed = client.ping().then(() => (isConfirmed = true));
    await expect.poll(() => intake.ingest.counts.queuedEvents).toBe(1);
    expect(isConfirmed).toBe(false);
    open();
    await confirmed;
    expect(ids(await allEvents(opened.store))).toEqual([event.id]);
  });

  it("makes no exception for a client that does not wait for the handshake to end", async () => {
    await using opened = await openTestStore();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    await using intake = await startIntake(beforeTransactions(opened.store, () => gate));
    const client = await intake.connect("/api/events/in").open();
    // One packet: the server sees all of it before it has answered the first message.
    const network = Reflect.get(client.socket, "_socket") as { cork(): void; uncork(): void };
    network.cork();
    client.send({ type: "auth", token: null });
    const event = wireEvent();
    client.send(event);
    let isConfirmed = false;
    const confirmed = client.ping().then(() => (isConfirmed = true));
    network.uncork();
    await expect.poll(() => intake.ingest.counts.queuedEvents).toBe(1);
    expect(isConfirmed).toBe(false);
    open();
    await confirmed;
    expect(ids(await allEvents(opened.store))).toEqual([event.id]);
  });

  it("confirms one ping after the other while events keep coming", async () => {
    await using opened = await openTestStore();
    await using intake = await startIntake(opened.store);
    const client = await intake.connect("/api/events/in").authenticate();
    for (let round = 1; round <= 20; round += 1) {
      for (let count = 0; count < 50; count += 1) client.send(wireEvent());
      await client.ping();
      expect((await allEvents(opened.store)).length).toBe(round * 50);
    }
  });

  it("takes many events in one frame", async () => {
    await using opened = await openTestStore();
    await using intake = await startIntake(opened.store);
    const client = await intake.connect("/api/events/in").authenticate();
    const events = Array.from({ length: 300 }, () => wireEvent());
    client.send(events);
    client.send([]);
    await client.ping();
    expect(new Set(ids(await allEvents(opened.store)))).toEqual(new Set(ids(events)));
  });

  it("stores an event that is sent again once, and its task run keeps the newest state", async () => {
    await using opened = await openTestStore();
    await using intake = await startIntake(opened.store);
    const id = newId<"task-run">();
    const running = taskRunEvent(id, "Running", { occurred: "2026-11-22T07:00:01Z" });
    const completed = taskRunEvent(id, "Completed", { occurred: "2026-11-22T07:00:02Z" });
    for (const batch of [[running, completed], [running]]) {
      const client = await intake.connect("/api/events/in").authenticate();
      for (const event of batch) client.send(event);
      await client.ping();
      client.socket.close();
    }
    expect(ids(await allEvents(opened.store))).toEqual([running.id, completed.id]);
    const run = await opened.store.reads.taskRuns.read(DEFAULT_WORKSPACE_ID, id);
    expect(run?.state?.name).toBe("Completed");
  });

  it("does not read a client while the queue is full, and loses nothing", async () => {
    await using opened = await openTestStore();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    await using intake = await startIntake(
      beforeTransactions(opened.store, () => gate),
      {
        maxQueuedEvents: 100,
        maxBatchEvents: 50,
      },
    );
    const client = await intake.connect("/api/events/in").authenticate();
    const padding = { text: "x".repeat(20_000) };
    const events = Array.from({ length: 1000 }, () => wireEvent({ payload: padding }));
    for (const event of events) client.send(event);
    await expect.poll(() => intake.ingest.isFull).toBe(true);
    // 20 MB were sent; the network's buffers and one read of the socket are all that may be under way.
    await expect.poll(() => client.socket.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(intake.ingest.counts.queuedEvents).toBeLessThan(200);
    open();
    await client.ping();
    expect((await allEvents(opened.store)).length).toBe(events.length);
  });

  it("serves many clients at once", async () => {
    await using opened = await openTestStore();
    await using intake = await startIntake(opened.store);
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const client = await intake.connect("/api/events/in").authenticate();
        for (let count = 0; count < 100; count += 1) client.send(wireEvent());
        await client.ping();
      }),
    );
    expect((await allEvents(opened.store)).length).toBe(2000);
  });

  it.each([
    ["no JSON", "{", 1007, "The frame is not valid JSON"],
    ["no event", "7", 1008, "Input should be"],
    ["a missing field", JSON.stringify({ ...wireEvent(), event: undefined }), 1008, "event: Field required"],
    ["a resource without an id", JSON.stringify(wireEvent({ resource: { a: "b" } })), 1008, "resource"],
    ["a moment that is none", JSON.stringify(wireEvent({ occurred: "soon" })), 1008, "occurred: "],
    ["a bad event among good ones", JSON.stringify([wireEvent(), wireEvent({ id: "x" })]), 1008, "id: "],
    [
      "an event that is too large",
      JSON.stringify(wireEvent({ payload: { text: "x".repeat(1_500_000) } })),
      1009,
      "larger than 1500000",
    ],
  ])("ends on %s with the reason, and keeps what came before", async (_, frame, code, reason) => {
    await using opened = await openTestStore();
    await using intake = await startIntake(opened.store);
    const client = await intake.connect("/api/events/in").authenticate();
    const before = wireEvent();
    client.send(before);
    client.send(frame);
    client.send(wireEvent());
    expect(await client.ended()).toEqual({ code, reason: expect.stringContaining(reason) });
    await intake.ingest.close();
    expect(ids(await allEvents(opened.store))).toEqual([before.id]);
  });

  it("ends on a binary frame", async () => {
    await using opened = await openTestStore();
    await using intake = await startIntake(opened.store);
    const client = await intake.connect("/api/events/in").authenticate();
    client.socket.send(Buffer.from(JSON.stringify(wireEvent())));
    expect(await client.ended()).toMatchObject({ code: 1003 });
  });

  it("stores what it took and answers the pings before the server stops", async () => {
    await using opened = await openTestStore();
    await using intake = await startIntake(opened.store);
    const client = await intake.connect("/api/events/in").authenticate();
    const events = Array.from({ length: 500 }, () => wireEvent());
    for (const event of events) client.send(event);
    const confirmed = client.ping();
    await expect.poll(() => intake.ingest.counts.received).toBe(500);
    await intake.sockets.close();
    expect(await client.ended()).toMatchObject({ code: 1012 });
    expect((await allEvents(opened.store)).length).toBe(500);
    await confirmed;
  });

  it("keeps text that one of the databases could not hold, without the characters at fault", async () => {
    await using opened = await openTestStore();
    await using intake = await startIntake(opened.store);
    const client = await intake.connect("/api/events/in").authenticate();
    client.send(wireEvent({ payload: { text: "a\0b", half: "\ud83e" } }));
    await client.ping();
    expect((await allEvents(opened.store))[0]?.payload).toEqual({ text: "ab", half: "\ufffd" });
  });
});
