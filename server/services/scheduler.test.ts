/** The scheduler on real databases; two processes at once included. */
import { addSeconds, newId, type Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { ANONYMOUS } from "../access/actor.ts";
import type { CommandContext } from "../commands/context.ts";
import { pauseDeployment } from "../commands/pause-deployment.ts";
import { markDeploymentsPolled } from "../commands/poll-deployments.ts";
import { RunWriter } from "../commands/run-writer.ts";
import { SecretBox } from "../commands/secret-box.ts";
import { databases } from "../events/fixtures/test-store.ts";
import type { DeploymentRow, DeploymentSchedule } from "../store/deployments.ts";
import type { FlowRun } from "../store/flow-runs.ts";
import type { Store } from "../store/store.ts";
import { aDeployment, aDeploymentSchedule, aFlow, NOON, noon, WORKSPACE } from "../store/suite/fixtures.ts";
import { recentDeploymentsScheduler, scheduler } from "./scheduler.ts";
import type { Service } from "./service.ts";
import { unpolledDeployments } from "./unpolled-deployments.ts";

const NEVER = new AbortController().signal;
const CALLER = { workspace_id: WORKSPACE, actor: ANONYMOUS, client_version: null, attempt: null };

function contextAt(store: Store, moment: Timestamp = NOON): CommandContext {
  const now = (): Timestamp => moment;
  const random = (): number => 0.5;
  const secrets = () => Promise.resolve(new SecretBox("a key for tests alone"));
  return { store, now, random, secrets, runs: new RunWriter({ store, now, random }) };
}

async function pass(
  service: (context: CommandContext) => Service,
  stores: readonly Store[],
  moment: Timestamp = NOON,
): Promise<void> {
  await Promise.all(stores.map((store) => service(contextAt(store, moment)).run(moment, NEVER)));
}

async function deploy(
  store: Store,
  changes: Partial<DeploymentRow>,
  schedules: readonly Partial<DeploymentSchedule>[],
): Promise<DeploymentRow> {
  return await store.transaction(async (tx) => {
    const { flow } = await tx.flows.create(aFlow());
    const deployment = aDeployment(flow, changes);
    await tx.deployments.create(deployment);
    await tx.deployments.createSchedules(schedules.map((change) => aDeploymentSchedule(deployment, change)));
    return deployment;
  });
}

async function runsOf(store: Store, deployment: DeploymentRow): Promise<FlowRun[]> {
  const deployments = { operator: "and_" as const, id: { any_: [deployment.id] } };
  const query = { filters: { deployments }, sort: "EXPECTED_START_TIME_ASC" as const, limit: 200, offset: 0 };
  return await store.reads.flowRuns.list(WORKSPACE, query);
}

const startsOf = async (store: Store, deployment: DeploymentRow) =>
  (await runsOf(store, deployment)).map((run) => run.expected_start_time);

describe.each(await databases())("the scheduler on %s", (_, open) => {
  it("makes three runs ahead, each once, however many processes do it", async () => {
    await using opened = await open();
    const { store } = opened;
    const deployment = await deploy(store, { tags: ["t"], parameters: { a: 1, b: 1 }, version: "v" }, [
      { slug: "hourly", parameters: { b: 2 } },
    ]);
    await pass(scheduler, [store, await opened.again()]);
    const runs = await runsOf(store, deployment);
    expect(runs.map((run) => run.expected_start_time)).toEqual([NOON, noon(3600), noon(7200)]);
    const [schedule] = (await store.reads.deployments.read(WORKSPACE, deployment.id))?.schedules ?? [];
    expect(runs[0]).toMatchObject({
      state: {
        type: "SCHEDULED",
        name: "Scheduled",
        message: "Flow run scheduled",
        state_details: { scheduled_time: NOON },
      },
      next_scheduled_start_time: NOON,
      idempotency_key: `scheduled ${deployment.id} ${schedule?.id} 2026-08-01 12:00:00+00:00`,
      auto_scheduled: true,
      tags: ["auto-scheduled", "t"],
      parameters: { a: 1, b: 2 },
      deployment_version: "v",
      labels: { "prefect.flow.id": deployment.flow_id, "prefect.deployment.id": deployment.id },
      created_by: { id: schedule?.id, type: "SCHEDULE", display_value: "hourly" },
    });
    const entries = await store.transaction((tx) => tx.outbox.take(10));
    expect(entries).toEqual([]);
  });

  it("makes runs for at least an hour ahead, and at most a hundred", async () => {
    await using opened = await open();
    const every = (seconds: number) => ({
      schedule: { interval: (seconds * 1_000_000) as never, anchor_date: NOON, timezone: "UTC" }, // a duration
    });
    const minutely = await deploy(opened.store, {}, [every(60)]);
    const secondly = await deploy(opened.store, {}, [every(1)]);
    await pass(scheduler, [opened.store]);
    expect(await startsOf(opened.store, minutely)).toHaveLength(61);
    expect(await startsOf(opened.store, secondly)).toHaveLength(100);
  });

  it("goes on where it stopped, and catches up after a time without it from now on", async () => {
    await using opened = await open();
    const { store } = opened;
    const deployment = await deploy(store, {}, [{}]);
    await pass(scheduler, [store]);
    await pass(scheduler, [store], noon(600));
    expect(await startsOf(store, deployment)).toEqual([0, 3600, 7200, 10_800].map(noon));
    await pass(scheduler, [store], noon(20 * 3600));
    const later = (await startsOf(store, deployment)).slice(4);
    expect(later).toEqual([20, 21, 22].map((hours) => noon(hours * 3600)));
  });

  it("leaves paused deployments and inactive schedules alone", async () => {
    await using opened = await open();
    const { store } = opened;
    const paused = await deploy(store, { paused: true }, [{}]);
    const inactive = await deploy(store, {}, [{ active: false }]);
    await pass(scheduler, [store]);
    await pass(recentDeploymentsScheduler, [store]);
    expect(await startsOf(store, paused)).toEqual([]);
    expect(await startsOf(store, inactive)).toEqual([]);
  });

  it("sees a change within seconds, and a poll is none", async () => {
    await using opened = await open();
    const { store } = opened;
    const deployment = await deploy(store, { updated: noon(-5) }, [{}]);
    const old = await deploy(store, { updated: noon(-7) }, [{}]);
    await store.transaction((tx) => tx.deployments.markPolled(WORKSPACE, { ids: [old.id] }, NOON));
    await pass(recentDeploymentsScheduler, [store]);
    expect(await startsOf(store, deployment)).toHaveLength(3);
    expect(await startsOf(store, old)).toEqual([]);
  });

  it("never brings back the runs of a deployment that is paused while it works", async () => {
    await using opened = await open();
    const { store } = opened;
    const other = await opened.again();
    const deployment = await deploy(store, {}, [{}]);
    await Promise.all([
      pass(scheduler, [store]),
      pauseDeployment(contextAt(other), CALLER, deployment.id).then(() => pass(scheduler, [other])),
    ]);
    // Whoever came first: a pass before the pause left runs that the pause deleted, one after it made none.
    const left = await runsOf(store, deployment);
    const found = await store.reads.deployments.read(WORKSPACE, deployment.id);
    expect(found?.paused).toBe(true);
    expect(left).toEqual([]);
  });

  it("goes through any number of deployments page by page", async () => {
    await using opened = await open();
    const { store } = opened;
    const deployments: DeploymentRow[] = [];
    await store.transaction(async (tx) => {
      const { flow } = await tx.flows.create(aFlow());
      for (let index = 0; index < 230; index += 1) {
        const deployment = aDeployment(flow, { id: newId() });
        await tx.deployments.create(deployment);
        await tx.deployments.createSchedules([aDeploymentSchedule(deployment)]);
        deployments.push(deployment);
      }
    });
    await pass(scheduler, [store]);
    const count = await store.reads.flowRuns.count(WORKSPACE, {});
    expect(count).toBe(3 * deployments.length);
  });

  it("tells when a deployment becomes ready and when nobody looks after it any more", async () => {
    await using opened = await open();
    const { store } = opened;
    const deployment = await deploy(store, {}, []);
    await markDeploymentsPolled(contextAt(store), WORKSPACE, { ids: [deployment.id] });
    await markDeploymentsPolled(contextAt(store, noon(1)), WORKSPACE, { ids: [deployment.id] });
    await pass(unpolledDeployments, [store], addSeconds(noon(1), 60));
    await pass(unpolledDeployments, [store, await opened.again()], addSeconds(noon(1), 61));
    const entries = await store.transaction((tx) => tx.outbox.take(10));
    expect(entries.map(({ event }) => event.event)).toEqual([
      "prefect.deployment.ready",
      "prefect.deployment.not-ready",
    ]);
  });
});
