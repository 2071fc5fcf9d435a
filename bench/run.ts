/**
 * `npm run bench`: everything that design.md promises of speed and size, measured beside the real Prefect.
 *
 * Both sides run as they are published: ours as `npm run build` makes it.
 *
 * Options: `--runs N` (default 5 alternating runs), `--seconds N` of load per lifecycle run (default 5),
 * `--only NAME[,NAME…]` of lifecycle-sqlite, lifecycle-postgres, ingest, tasks, idle. A whole run writes bench/RESULTS.md;
 * a part of it prints only.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  createDatabase,
  findPostgresPrograms,
  startPostgresCluster,
} from "../testing/databases/postgres-cluster.ts";
import type { ServerProcess } from "../testing/servers/processes.ts";
import { ensurePrefect, startPrefectServer } from "../testing/servers/prefect-server.ts";
import { startSluiceServer } from "../testing/servers/sluice-server.ts";
import { measureHttpIngest, measureSocketIngest } from "./measures/event-ingest.ts";
import { measureLifecycles } from "./measures/flow-run-lifecycle.ts";
import { measurePrefectTasks, measureSluiceTasks } from "./measures/noop-tasks.ts";
import { residentMebibytes } from "./measures/process-figures.ts";
import { type Row, renderReport } from "./report.ts";
import { percentile } from "./statistics.ts";

const CLIENTS = 16;
const SLUICE_EVENTS = 50_000;
/** Prefect needs far longer per event; a tenth of the events gives it the same time to settle. */
const PREFECT_EVENTS = 3_000;
const SLUICE_TASKS = 10_000;
const PREFECT_TASKS = 300;
const IDLE_SECONDS = 5;

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "5" },
    only: { type: "string" },
  },
});
const runs = Number(options.runs);
const seconds = Number(options.seconds);
const work = mkdtempSync(join(tmpdir(), "sluice-bench-"));
let homes = 0;

interface Peers {
  readonly sluice: () => Promise<ServerProcess>;
  readonly prefect: () => Promise<ServerProcess>;
}

const newHome = (): string => join(work, `home-${(homes += 1)}`);

const onSqlite: Peers = {
  sluice: () => {
    const home = newHome();
    return startSluiceServer({ database: `sqlite:${join(home, "bench.db")}`, home, isBuilt: true });
  },
  prefect: () => startPrefectServer({ home: newHome() }),
};

/** Measures the two in turn, A B A B …, each run with a server of its own. */
async function alternate<Figures>(
  peers: Peers,
  measure: (server: ServerProcess, peer: "sluice" | "prefect") => Promise<Figures>,
): Promise<{ sluice: Figures[]; prefect: Figures[] }> {
  const found = { sluice: [] as Figures[], prefect: [] as Figures[] };
  for (let run = 0; run < runs; run += 1) {
    for (const peer of ["sluice", "prefect"] as const) {
      const server = await peers[peer]();
      try {
        found[peer].push(await measure(server, peer));
      } finally {
        await server.stop();
      }
    }
  }
  return found;
}

async function lifecycles(peers: Peers, database: string): Promise<Row[]> {
  const found = await alternate(peers, async (server, peer) => {
    const atOnce = await measureLifecycles(server.url, CLIENTS, seconds);
    if (peer === "sluice") return atOnce;
    const alone = await measureLifecycles(server.url, 1, seconds);
    return alone.lifecyclesPerSecond > atOnce.lifecyclesPerSecond ? alone : atOnce;
  });
  const failures = found.sluice.reduce((sum, figures) => sum + figures.failures, 0);
  const pick = (get: (figures: (typeof found.sluice)[number]) => number) => ({
    sluice: found.sluice.map(get),
    prefect: found.prefect.map(get),
  });
  return [
    {
      what: `Flow-run lifecycles, ${CLIENTS} clients, ${database}${failures > 0 ? ` (${failures} failed)` : ""}`,
      unit: "/s",
      ...pick((figures) => figures.lifecyclesPerSecond),
      moreIsBetter: true,
      goal: "≥ 15×",
    },
    ...[50, 99].map((rank) => ({
      what: `… latency of one lifecycle (four requests), p${rank}, ${database}`,
      unit: "ms",
      ...pick((figures) => percentile(figures.latenciesMs, rank)),
      moreIsBetter: false,
      goal: "",
    })),
  ];
}

async function ingest(): Promise<Row[]> {
  const measure = async (server: ServerProcess, peer: "sluice" | "prefect") => {
    const count = peer === "sluice" ? SLUICE_EVENTS : PREFECT_EVENTS;
    const socket = await measureSocketIngest(server.url, count);
    const http = await measureHttpIngest(server.url, count);
    return { socket: socket.eventsPerSecond, http: http.eventsPerSecond };
  };
  const found = await alternate(onSqlite, measure);
  return (["socket", "http"] as const).map((way) => ({
    what: `Event ingest until readable, ${way === "socket" ? "one WebSocket" : "HTTP"}, SQLite`,
    unit: "events/s",
    sluice: found.sluice.map((figures) => figures[way]),
    prefect: found.prefect.map((figures) => figures[way]),
    moreIsBetter: true,
    goal: "≥ 20,000/s and ≥ 20×",
  }));
}

async function tasks(): Promise<Row[]> {
  const found = await alternate(onSqlite, (server, peer) =>
    peer === "sluice"
      ? measureSluiceTasks(server.url, newHome(), SLUICE_TASKS)
      : measurePrefectTasks(server.url, newHome(), PREFECT_TASKS),
  );
  return [
    {
      what: "No-op tasks in a flow, recorded at the server",
      unit: "tasks/s",
      sluice: found.sluice.map((figures) => figures.tasksPerSecond),
      prefect: found.prefect.map((figures) => figures.tasksPerSecond),
      moreIsBetter: true,
      goal: "≥ 50×",
    },
    {
      what: "… CPU per task in the flow's process",
      unit: "ms",
      sluice: found.sluice.map((figures) => figures.cpuMsPerTask),
      prefect: found.prefect.map((figures) => figures.cpuMsPerTask),
      moreIsBetter: false,
      goal: "≤ 0.2 ms",
    },
    {
      what: "… the floor: the bare function, called and awaited",
      unit: "calls/s",
      sluice: found.sluice.map((figures) => figures.bareCallsPerSecond ?? Number.NaN),
      prefect: [],
      moreIsBetter: true,
      goal: "",
    },
  ];
}

async function idle(): Promise<Row[]> {
  const found = await alternate(onSqlite, async (server) => {
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
    return { memory: residentMebibytes(server.pid), start: server.startedInMs / 1000 };
  });
  return [
    {
      what: "Idle server memory (resident)",
      unit: "MiB",
      sluice: found.sluice.map((figures) => figures.memory),
      prefect: found.prefect.map((figures) => figures.memory),
      moreIsBetter: false,
      goal: "≤ 150 MB",
    },
    {
      what: "Cold start to healthy, empty database",
      unit: "s",
      sluice: found.sluice.map((figures) => figures.start),
      prefect: found.prefect.map((figures) => figures.start),
      moreIsBetter: false,
      goal: "≤ 1 s",
    },
  ];
}

async function lifecyclesOnPostgres(): Promise<Row[]> {
  const programs = await findPostgresPrograms();
  if (!programs) {
    console.warn("bench: no PostgreSQL binaries found, so only SQLite is measured");
    return [];
  }
  const cluster = await startPostgresCluster(programs, { isDurable: true });
  try {
    const peers: Peers = {
      sluice: async () =>
        await startSluiceServer({
          database: (await createDatabase(cluster)).url,
          home: newHome(),
          isBuilt: true,
        }),
      prefect: async () => {
        const { url } = await createDatabase(cluster);
        const databaseUrl = url.replace(/^postgres:/, "postgresql+asyncpg:");
        return await startPrefectServer({ home: newHome(), databaseUrl });
      },
    };
    return await lifecycles(peers, "PostgreSQL");
  } finally {
    await cluster.stop();
  }
}

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  "lifecycle-sqlite": () => lifecycles(onSqlite, "SQLite"),
  "lifecycle-postgres": lifecyclesOnPostgres,
  ingest,
  tasks,
  idle,
};

async function main(): Promise<void> {
  ensurePrefect();
  execFileSync("npm", ["run", "--silent", "build"], {
    cwd: join(import.meta.dirname, ".."),
    stdio: "inherit",
  });
  const wanted = options.only?.split(",") ?? Object.keys(parts);
  const rows: Row[] = [];
  for (const name of wanted) {
    const part = parts[name];
    if (!part)
      throw new Error(`no benchmark is called "${name}"; there are ${Object.keys(parts).join(", ")}`);
    console.log(`bench: ${name} …`);
    rows.push(...(await part()));
  }
  const report = renderReport(rows, [
    `${runs} alternating runs, each with a fresh server process and database; ${seconds} s of load per lifecycle run.`,
    `Prefect's lifecycles are those at ${CLIENTS} clients or at one, whichever are more: on SQLite its server answers most requests of many clients at once with 503.`,
    `Ingest: ${SLUICE_EVENTS.toLocaleString("en-US")} events for Sluice, ${PREFECT_EVENTS.toLocaleString("en-US")} for Prefect; tasks: ${SLUICE_TASKS.toLocaleString("en-US")} and ${PREFECT_TASKS}.`,
    "Server, load generator and database share the machine's cores.",
  ]);
  console.log(`\n${report}`);
  if (!options.only) writeFileSync(join(import.meta.dirname, "RESULTS.md"), report);
}

try {
  await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
