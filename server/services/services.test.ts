/** What each service does to a real database; two processes at once included. */
import { addSeconds, newId, type State, type Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import type { CommandContext } from "../commands/context.ts";
import { RunWriter } from "../commands/run-writer.ts";
import { SecretBox } from "../commands/secret-box.ts";
import { databases, type TestStore } from "../events/fixtures/test-store.ts";
import type { NewFlowRun } from "../store/flow-runs.ts";
import type { Store } from "../store/store.ts";
import {
  aFlow,
  aFlowRun,
  aLease,
  aLimit,
  anEvent,
  aState,
  aTaskRun,
  NOON,
  noon,
  storeRuns,
  WORKSPACE,
} from "../store/suite/fixtures.ts";
import { cancellationTimeouts } from "./cancellation-timeouts.ts";
import { cancelledChildren } from "./cancelled-children.ts";
import { csrfTokenCleanup } from "./csrf-token-cleanup.ts";
import { eventRetention } from "./event-retention.ts";
import { lateRuns } from "./late-runs.ts";
import { leaseExpiry } from "./lease-expiry.ts";
import { pauseExpirations } from "./pause-expirations.ts";
import type { Service } from "./service.ts";

const NEVER = new AbortController().signal;

function contextOn(store: Store): CommandContext {
  const now = (): Timestamp => NOON;
  const random = (): number => 0.5;
  const secrets = () => Promise.resolve(new SecretBox("a key for tests alone"));
  return { store, now, random, secrets, runs: new RunWriter({ store, now, random }) };
}

/** One pass in each of two processes at the same time. */
async function passInTwoProcesses(
  opened: TestStore,
  service: (context: CommandContext) => Service,
): Promise<void> {
  const stores = [opened.store, await opened.again()];
  await Promise.all(stores.map((store) => service(contextOn(store)).run(NOON, NEVER)));
}

async function statesOf(store: Store, run: NewFlowRun | undefined): Promise<State[]> {
  if (!run) throw new Error("The run was not made");
  return await store.reads.states.listFlowRunStates(WORKSPACE, run.id);
}

async function namesOf(store: Store, run: NewFlowRun | undefined): Promise<string[]> {
  return (await statesOf(store, run)).map(({ name }) => name);
}

function scheduled(seconds: number, name = "Scheduled"): Partial<NewFlowRun> {
  const moment = noon(seconds);
  return {
    next_scheduled_start_time: moment,
    expected_start_time: moment,
    state: aState("SCHEDULED", { name, timestamp: noon(-600), state_details: { scheduled_time: moment } }),
  };
}

function paused(timeout: Timestamp | null): Partial<NewFlowRun> {
  return { state: aState("PAUSED", { timestamp: noon(-600), state_details: { pause_timeout: timeout } }) };
}

describe.each(await databases())("services on %s", (_, open) => {
  it("mark a run late that should have started 15 s ago, once, keeping its time", async () => {
    await using opened = await open();
    const [late, soon, retrying] = await storeRuns(opened.store, [
      scheduled(-16),
      scheduled(-14),
      scheduled(-60, "AwaitingRetry"),
    ]);
    await passInTwoProcesses(opened, lateRuns);
    const states = await statesOf(opened.store, late);
    expect(states.map(({ name }) => name)).toEqual(["Scheduled", "Late"]);
    expect(states[1]?.state_details.scheduled_time).toBe(noon(-16));
    expect(await namesOf(opened.store, soon)).toEqual(["Scheduled"]);
    expect(await namesOf(opened.store, retrying)).toEqual(["AwaitingRetry"]);
  });

  it("fail a paused run whose time is over, once, and no other", async () => {
    await using opened = await open();
    const runs = await storeRuns(opened.store, [paused(noon(-1)), paused(noon(1)), paused(null)]);
    await passInTwoProcesses(opened, pauseExpirations);
    const [expired] = runs;
    expect((await statesOf(opened.store, expired)).map(({ type }) => type)).toEqual(["PAUSED", "FAILED"]);
    expect((await statesOf(opened.store, expired))[1]?.message).toContain("never resumed");
    for (const run of runs.slice(1)) expect(await namesOf(opened.store, run)).toEqual(["Paused"]);
  });

  it("end a cancellation that nobody carried out within five minutes, once", async () => {
    await using opened = await open();
    const cancelling = (seconds: number): Partial<NewFlowRun> => ({
      state: aState("CANCELLING", { timestamp: noon(seconds) }),
    });
    const [overdue, recent] = await storeRuns(opened.store, [cancelling(-301), cancelling(-299)]);
    await passInTwoProcesses(opened, cancellationTimeouts);
    expect(await namesOf(opened.store, overdue)).toEqual(["Cancelling", "Cancelled"]);
    expect(await namesOf(opened.store, recent)).toEqual(["Cancelling"]);
  });

  it("cancel what a cancelled run left behind: task runs and subflows, those that have not ended", async () => {
    await using opened = await open();
    const { store } = opened;
    const ended = { end_time: noon(-60), state: aState("CANCELLED", { timestamp: noon(-60) }) };
    const [parent, other] = await storeRuns(store, [ended, { state: aState("RUNNING") }]);
    const running = () => ({ state: aState("RUNNING", { timestamp: noon(-600) }) });
    const left = aTaskRun({ flow_run_id: parent?.id ?? null, ...running() });
    const done = aTaskRun({ flow_run_id: parent?.id ?? null, state: aState("COMPLETED") });
    const alive = aTaskRun({ flow_run_id: other?.id ?? null, ...running() });
    const tracking = aTaskRun({ flow_run_id: parent?.id ?? null, state: aState("CANCELLED") });
    const subflow = await store.transaction(async (tx) => {
      await tx.taskRuns.create([left, done, alive, tracking]);
      const { flow } = await tx.flows.create(aFlow());
      const run = aFlowRun(flow, { parent_task_run_id: tracking.id, ...running() });
      await tx.flowRuns.create([run]);
      return run;
    });
    await passInTwoProcesses(opened, cancelledChildren);
    const names = async (id: typeof left.id) =>
      (await store.reads.states.listTaskRunStates(WORKSPACE, id)).map(({ name }) => name);
    expect(await names(left.id)).toEqual(["Running", "Cancelled"]);
    expect(await names(done.id)).toEqual(["Completed"]);
    expect(await names(alive.id)).toEqual(["Running"]);
    expect(await namesOf(store, subflow)).toEqual(["Running", "Cancelled"]);
  });

  it("write an event for every state they set", async () => {
    await using opened = await open();
    const [late] = await storeRuns(opened.store, [scheduled(-60)]);
    await lateRuns(contextOn(opened.store)).run(NOON, NEVER);
    const entries = await opened.store.transaction((tx) => tx.outbox.take(10));
    expect(entries.map(({ event }) => [event.event, event.resource["prefect.resource.id"]])).toEqual([
      ["prefect.flow-run.Late", `prefect.flow-run.${late?.id}`],
    ]);
  });

  it("clear away leases that have expired, and leave the live ones", async () => {
    await using opened = await open();
    const limit = aLimit({ limit: 5 });
    const expired = aLease(limit, { created: noon(-100), expires: noon(-1) });
    const live = aLease(limit, { created: noon(-100), expires: noon(1) });
    await opened.store.transaction(async (tx) => {
      await tx.concurrencyLimits.create(limit);
      await tx.leases.create([expired, live]);
    });
    await passInTwoProcesses(opened, leaseExpiry);
    expect(await opened.store.reads.leases.read(expired.id)).toBeNull();
    expect(await opened.store.reads.leases.read(live.id)).not.toBeNull();
  });

  it("delete events that are older than a week, a bounded number at a time", async () => {
    await using opened = await open();
    const { store } = opened;
    const week = 7 * 86_400;
    const old = Array.from({ length: 600 }, (_event, index) =>
      anEvent({ id: newId(), occurred: addSeconds(NOON, -week - 1 - index) }),
    );
    const young = anEvent({ occurred: addSeconds(NOON, -week + 1) });
    await store.transaction((tx) => tx.events.insert([...old, young]));
    const service = eventRetention({ store });
    const everything = { occurred: { since: 0 as Timestamp, until: NOON }, order: "ASC" as const };
    expect(await service.run(NOON, NEVER)).toBe("more");
    expect(await store.reads.events.count(WORKSPACE, everything)).toBe(101);
    expect(await service.run(NOON, NEVER)).toBeUndefined();
    expect(
      await store.reads.events.list(WORKSPACE, { filter: everything, limit: 10, offset: 0 }),
    ).toMatchObject([{ id: young.id }]);
  });

  it("delete tokens of clients that have expired", async () => {
    await using opened = await open();
    const { store } = opened;
    const token = (client: string, expiration: Timestamp) => ({
      id: newId<"csrf-token">(),
      created: noon(-3600),
      updated: noon(-3600),
      token: "secret",
      client,
      expiration,
    });
    await store.transaction(async (tx) => {
      await tx.csrfTokens.put(token("gone", noon(-1)));
      await tx.csrfTokens.put(token("here", noon(1)));
    });
    await csrfTokenCleanup({ store }).run(NOON, NEVER);
    expect(await store.reads.csrfTokens.readByClient("gone")).toBeNull();
    expect(await store.reads.csrfTokens.readByClient("here")).not.toBeNull();
  });
});
