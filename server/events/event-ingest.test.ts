import { DEFAULT_WORKSPACE_ID, eventInput, newId } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { StoreConflictError, StoreUnavailableError } from "../store/errors.ts";
import type { StoredEvent } from "../store/events.ts";
import type { Store } from "../store/store.ts";
import { acceptEvents, OverloadedError } from "./accept.ts";
import { eventBroadcast } from "./broadcast.ts";
import { EventIngest, type EventIngestDependencies } from "./event-ingest.ts";
import { SILENT_LOG } from "./event-log.ts";
import { allEvents, ids, storedEvent, taskRunEvent } from "./fixtures/sample-events.ts";
import { beforeTransactions, databases, storeParts } from "./fixtures/test-store.ts";
import { receivedEvent } from "./receive-event.ts";

function ingestInto(store: Store, change: Partial<EventIngestDependencies> = {}) {
  const broadcast = eventBroadcast();
  const published: StoredEvent[] = [];
  const errors: object[] = [];
  const ingest = new EventIngest({
    store,
    broadcast,
    onStored: (events) => published.push(...events),
    log: { ...SILENT_LOG, error: (fields) => errors.push(fields), warn: (fields) => errors.push(fields) },
    ...change,
  });
  return { ingest, published, errors };
}

function told(taskRunId: string, stateName: string, occurred: string): StoredEvent {
  const event = eventInput.parse(taskRunEvent(taskRunId, stateName, { occurred }));
  return receivedEvent(event, DEFAULT_WORKSPACE_ID, event.occurred);
}

/** The event, with another name for the task run. */
function named(event: StoredEvent, name: string): StoredEvent {
  const taskRun = event.payload["task_run"] as object;
  return { ...event, payload: { ...event.payload, task_run: { ...taskRun, name } } };
}

/** The store, but for task runs of one name, as if they broke a rule of the database. */
function refusingTaskRuns(store: Store, name: string): Store {
  return {
    ...storeParts(store),
    transaction: (work) =>
      store.transaction((tx) => {
        const taskRuns = Object.create(tx.taskRuns) as typeof tx.taskRuns;
        taskRuns.record = (transitions) => {
          if (transitions.some(({ columns }) => columns.name === name)) {
            throw new StoreConflictError("refused", { constraint: "name" });
          }
          return tx.taskRuns.record(transitions);
        };
        return work({ ...tx, taskRuns });
      }),
  };
}

describe.each(await databases())("EventIngest on %s", (_, openTestStore) => {
  it("says that events are stored only once they are, and then publishes them in order", async () => {
    await using opened = await openTestStore();
    const { ingest, published } = ingestInto(opened.store);
    const events = Array.from({ length: 1200 }, () => storedEvent());
    const positions = events.map((event) => ingest.add(event, 100));
    await ingest.stored(positions[599] ?? 0);
    expect((await allEvents(opened.store)).length).toBeGreaterThanOrEqual(600);
    await ingest.close();
    expect(new Set(ids(await allEvents(opened.store)))).toEqual(new Set(ids(events)));
    expect(ids(published)).toEqual(ids(events));
  });

  it("stores and publishes an event once, however often it comes", async () => {
    await using opened = await openTestStore();
    const { ingest, published } = ingestInto(opened.store);
    const event = storedEvent();
    await ingest.stored([event, event, storedEvent()].map((one) => ingest.add(one, 1)).at(-1) ?? 0);
    await ingest.stored(ingest.add(event, 1));
    expect((await allEvents(opened.store)).length).toBe(2);
    expect(published.length).toBe(2);
    expect(ingest.counts).toMatchObject({
      received: 4,
      stored: 2,
      duplicates: 2,
      rejected: 0,
      queuedEvents: 0,
    });
    await ingest.close();
  });

  it("records the task runs that events tell of, whatever order they come in", async () => {
    await using opened = await openTestStore();
    const { ingest } = ingestInto(opened.store);
    const id = newId<"task-run">();
    const running = told(id, "Running", "2026-11-22T07:00:01Z");
    const completed = told(id, "Completed", "2026-11-22T07:00:02Z");
    await ingest.stored(ingest.add(completed, 1));
    await ingest.stored(ingest.add(running, 1));
    const run = await opened.store.reads.taskRuns.read(DEFAULT_WORKSPACE_ID, id);
    expect(run?.state).toMatchObject({ id: completed.id, type: "COMPLETED", name: "Completed" });
    const history = await opened.store.reads.states.listTaskRunStates(DEFAULT_WORKSPACE_ID, id);
    expect(history.map(({ name }) => name)).toEqual(["Running", "Completed"]);
    await ingest.close();
  });

  it("keeps an event whose task run can't be read, and tells the operator", async () => {
    await using opened = await openTestStore();
    const { ingest, errors } = ingestInto(opened.store);
    const event = { ...told(newId<"task-run">(), "Running", "2026-11-22T07:00:00Z"), payload: {} };
    await ingest.stored(ingest.add(event, 1));
    expect(ids(await allEvents(opened.store))).toEqual([event.id]);
    expect(errors).toEqual([expect.objectContaining({ event_id: event.id })]);
    expect(ingest.counts.unreadable).toBe(1);
    await ingest.close();
  });

  it("keeps an event when the store refuses the task run it tells of, and those beside it whole", async () => {
    await using opened = await openTestStore();
    const { ingest, errors } = ingestInto(refusingTaskRuns(opened.store, "forbidden"));
    const [good, bad] = [newId<"task-run">(), newId<"task-run">()];
    const events = [
      told(good, "Running", "2026-11-22T07:00:00Z"),
      named(told(bad, "Running", "2026-11-22T07:00:00Z"), "forbidden"),
      storedEvent(),
    ];
    await ingest.stored(events.map((event) => ingest.add(event, 1)).at(-1) ?? 0);
    expect(new Set(ids(await allEvents(opened.store)))).toEqual(new Set(ids(events)));
    const { taskRuns } = opened.store.reads;
    expect(await taskRuns.read(DEFAULT_WORKSPACE_ID, good)).not.toBeNull();
    expect(await taskRuns.read(DEFAULT_WORKSPACE_ID, bad)).toBeNull();
    expect(errors).toEqual([expect.objectContaining({ event_id: events[1]?.id })]);
    expect(ingest.counts).toMatchObject({ stored: 3, rejected: 0, unreadable: 1 });
    await ingest.close();
  });

  it("loses only the event that the store refuses, and names it", async () => {
    await using opened = await openTestStore();
    const { ingest, errors } = ingestInto(opened.store);
    const good = Array.from({ length: 20 }, () => storedEvent());
    const bad = { ...storedEvent(), payload: { number: 1n } };
    const all = [...good.slice(0, 11), bad, ...good.slice(11)];
    await ingest.stored(all.map((event) => ingest.add(event, 1)).at(-1) ?? 0);
    expect(new Set(ids(await allEvents(opened.store)))).toEqual(new Set(ids(good)));
    expect(errors).toEqual([expect.objectContaining({ event_id: bad.id })]);
    expect(ingest.counts).toMatchObject({ stored: 20, rejected: 1 });
    await ingest.close();
  });

  it("holds events through an outage and stores them after it", async () => {
    await using opened = await openTestStore();
    let failures = 3;
    const flaky = beforeTransactions(opened.store, async () => {
      if (failures-- > 0) throw new StoreUnavailableError("restarting");
    });
    const { ingest } = ingestInto(flaky);
    const event = storedEvent();
    await ingest.stored(ingest.add(event, 1));
    expect(ids(await allEvents(opened.store))).toEqual([event.id]);
    expect(ingest.counts.rejected).toBe(0);
    await ingest.close();
  });

  it("gives up on an outage when the server's time to stop is over, and then confirms nothing", async () => {
    await using opened = await openTestStore();
    const away = beforeTransactions(opened.store, () => Promise.reject(new StoreUnavailableError("away")));
    const { ingest } = ingestInto(away);
    const outcome = ingest.stored(ingest.add(storedEvent(), 1)).catch((error: unknown) => error);
    await ingest.close(AbortSignal.timeout(50));
    expect(await outcome).toBeInstanceOf(StoreUnavailableError);
  });
});

describe.each(await databases())("acceptEvents on %s", (_, openTestStore) => {
  const PATIENCE = { roomMs: 30, storeMs: 30 };

  it("returns when the events are stored", async () => {
    await using opened = await openTestStore();
    const { ingest } = ingestInto(opened.store);
    const events = [storedEvent(), storedEvent()];
    await acceptEvents(ingest, events, 500);
    expect(new Set(ids(await allEvents(opened.store)))).toEqual(new Set(ids(events)));
    await ingest.close();
  });

  it("asks to come back when there is no room in time, and takes none of the events", async () => {
    await using opened = await openTestStore();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { ingest } = ingestInto(
      beforeTransactions(opened.store, () => gate),
      { limits: { maxQueuedEvents: 2 } },
    );
    const first = [storedEvent(), storedEvent()];
    for (const event of first) ingest.add(event, 1);
    const refusal = await acceptEvents(ingest, [storedEvent()], 1, PATIENCE).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(OverloadedError);
    expect(refusal).toMatchObject({ retryable: true, retryAfterSeconds: 1 });
    open();
    await ingest.close();
    expect(new Set(ids(await allEvents(opened.store)))).toEqual(new Set(ids(first)));
  });

  it("asks to come back when the store does not answer in time; the events may still be stored", async () => {
    await using opened = await openTestStore();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { ingest } = ingestInto(beforeTransactions(opened.store, () => gate));
    const event = storedEvent();
    await expect(acceptEvents(ingest, [event], 1, PATIENCE)).rejects.toThrow(OverloadedError);
    open();
    await ingest.close();
    expect(ids(await allEvents(opened.store))).toEqual([event.id]);
  });
});
