/**
 * How fast the store is by itself: `node --conditions=source bench/store.ts [sqlite|postgres] [seconds per case] [lanes]`.
 * Rates are per second, on databases that start empty. Lanes are transactions at the same time; commands share one per
 * verb, so one is the usual case, and SQLite has no other.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  addSeconds,
  newId,
  type StateType,
  type Timestamp,
  timestampFromMilliseconds,
} from "@sluice/schemas";
import type { StoredEvent } from "../server/store/events.ts";
import type { NewFlowRun } from "../server/store/flow-runs.ts";
import type { Store } from "../server/store/store.ts";
import type { RecordedTransition } from "../server/store/task-runs.ts";
import { aFlow, aFlowRun, aState, WORKSPACE } from "../server/store/suite/fixtures.ts";
import {
  createDatabase,
  findPostgresPrograms,
  startPostgresCluster,
} from "../testing/databases/postgres-cluster.ts";

const BATCH = 16;
const [, , which = "sqlite", secondsText = "4", lanesText = "1"] = process.argv;
const lanes = Number(lanesText);
const durationMs = Number(secondsText) * 1000;

const { store, close } = which === "postgres" ? await openPostgres() : await openSqlite();
let latest: NewFlowRun;
let created = 0;
const now = timestampFromMilliseconds(Date.now());

/** Runs `step` for the time of a case, and prints what it counts per second. */
async function measure(name: string, step: () => Promise<number>): Promise<void> {
  let count = 0;
  const started = performance.now();
  const cpu = process.cpuUsage();
  const lane = async () => {
    while (performance.now() - started < durationMs) count += await step();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const busy = Math.round((user + system) / 10_000 / seconds);
  console.log(
    `${name.padEnd(44)} ${Math.round(count / seconds)
      .toLocaleString("en")
      .padStart(9)}/s  cpu ${busy} %`,
  );
}

const { flow } = await store.transaction((tx) => tx.flows.create(aFlow()));

await measure("flow runs created, batches of 16", async () => {
  await createRuns(BATCH);
  return BATCH;
});

await measure("flow-run transitions, batches of 16", async () => {
  const runs = await createRuns(BATCH);
  for (const [index, type] of (["PENDING", "RUNNING", "COMPLETED"] as const).entries()) {
    await transition(runs, type, addSeconds(now, index + 1));
  }
  return BATCH * 3;
});

await measure("flow-run transitions, one at a time", async () => {
  const runs = await createRuns(1);
  for (const [index, type] of (["PENDING", "RUNNING", "COMPLETED"] as const).entries()) {
    await transition(runs, type, addSeconds(now, index + 1));
  }
  return 3;
});

await measure("events, batches of 500", async () => {
  const [run] = await createRuns(1);
  const events = Array.from({ length: 500 }, () => taskRunEvent(run!));
  await store.transaction((tx) => tx.events.insert(events));
  return events.length;
});

await measure("task runs recorded (3 states), 166 per batch", async () => {
  const [run] = await createRuns(1);
  const transitions = Array.from({ length: 166 }, () => recorded(run!)).flat();
  await store.transaction((tx) => tx.taskRuns.record(transitions));
  return 166;
});

await measure("events and recorder together: task runs", async () => {
  const [run] = await createRuns(1);
  const events = Array.from({ length: 498 }, () => taskRunEvent(run!));
  const transitions = Array.from({ length: 166 }, () => recorded(run!)).flat();
  await store.transaction(async (tx) => {
    await tx.events.insert(events);
    await tx.taskRuns.record(transitions);
  });
  return 166;
});

await measure("flow runs read by id", async () => {
  const { id } = latest;
  for (let index = 0; index < 50; index += 1) await store.reads.flowRuns.read(WORKSPACE, id);
  return 50;
});

await measure("pages of 200 flow runs", async () => {
  const page = { filters: {}, sort: "EXPECTED_START_TIME_DESC", limit: 200, offset: 0 } as const;
  await store.reads.flowRuns.list(WORKSPACE, page);
  return 1;
});

await close();

async function createRuns(count: number): Promise<NewFlowRun[]> {
  const runs = Array.from({ length: count }, () =>
    aFlowRun(flow, {
      parameters: { animals: ["cat", "dog"], depth: 3 },
      tags: ["bench"],
      expected_start_time: addSeconds(now, (created += 1)),
      state: aState("PENDING", { timestamp: now }),
    }),
  );
  await store.transaction((tx) => tx.flowRuns.create(runs));
  latest = runs[0]!;
  return runs;
}

async function transition(runs: readonly NewFlowRun[], type: StateType, timestamp: Timestamp): Promise<void> {
  await store.transaction(async (tx) => {
    const facts = await tx.flowRuns.lockForTransition(
      runs.map((run) => run.id),
      timestamp,
    );
    await tx.flowRuns.applyTransitions(
      [...facts.values()].map(({ run }) => ({
        id: run.id,
        state: aState(type, { timestamp, state_details: { transition_id: newId(), flow_run_id: run.id } }),
        progress: { ...run, run_count: run.run_count + 1 },
        updated: timestamp,
      })),
    );
    await tx.outbox.append(runs.map((run) => taskRunEvent(run)));
  });
}

function taskRunEvent(run: NewFlowRun): StoredEvent {
  const id = newId<"event">();
  return {
    id,
    workspace_id: WORKSPACE,
    occurred: now,
    received: now,
    event: "prefect.task-run.Running",
    resource: {
      "prefect.resource.id": `prefect.task-run.${id}`,
      "prefect.resource.name": "task-1",
      "prefect.run-count": "1",
      "prefect.state-message": "",
      "prefect.state-name": "Running",
      "prefect.state-timestamp": "2026-08-01T12:00:00.000000+00:00",
      "prefect.state-type": "RUNNING",
      "prefect.orchestration": "client",
    },
    related: [
      { "prefect.resource.id": `prefect.flow-run.${run.id}`, "prefect.resource.role": "flow-run" },
      { "prefect.resource.id": `prefect.flow.${run.flow_id}`, "prefect.resource.role": "flow" },
      { "prefect.resource.id": "prefect.tag.bench", "prefect.resource.role": "tag" },
    ],
    payload: {
      intended: { from: "PENDING", to: "RUNNING" },
      initial_state: { type: "PENDING", name: "Pending", message: "", state_details: {} },
      validated_state: { type: "RUNNING", name: "Running", message: "", state_details: {}, data: null },
      task_run: {
        name: "task-1",
        task_key: "task-key",
        dynamic_key: id,
        tags: [],
        run_count: 1,
        task_inputs: {},
      },
    },
    follows: null,
  };
}

function recorded(run: NewFlowRun): RecordedTransition[] {
  const id = newId<"task-run">();
  return (["PENDING", "RUNNING", "COMPLETED"] as const).map((type, index) => ({
    workspace_id: WORKSPACE,
    id,
    flow_run_id: run.id,
    task_key: "task-abc",
    dynamic_key: id,
    recorded: now,
    columns: { name: "task-1", run_count: index, tags: [], task_inputs: { x: [] }, expected_start_time: now },
    state: aState(type, { timestamp: addSeconds(now, index), state_details: { task_run_id: id } }),
  }));
}

async function openSqlite(): Promise<{ store: Store; close: () => Promise<void> }> {
  const { openSqliteStore } = await import("../server/store-sqlite/sqlite-store.ts");
  const folder = await mkdtemp(path.join(tmpdir(), "sluice-bench-"));
  const opened = await openSqliteStore({ path: path.join(folder, "sluice.db") });
  return {
    store: opened,
    close: async () => {
      await opened.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function openPostgres(): Promise<{ store: Store; close: () => Promise<void> }> {
  const { openPostgresStore } = await import("../server/store-postgres/postgres-store.ts");
  const programs = await findPostgresPrograms();
  if (programs === null) throw new Error("PostgreSQL is not installed here.");
  const cluster = await startPostgresCluster(programs, { isDurable: true });
  const { url } = await createDatabase(cluster);
  const opened = await openPostgresStore({ url });
  return {
    store: opened,
    close: async () => {
      await opened.close();
      await cluster.stop();
    },
  };
}
