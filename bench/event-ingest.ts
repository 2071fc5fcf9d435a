/**
 * How many events a second our server takes in and keeps: `node --conditions=source bench/event-ingest.ts`.
 *
 * Beside the rate stands the processor time that the server used for an event, which says more on a busy machine.
 * The clock runs from the first event sent to the pong (or the last response) that says that all are stored. Options:
 * `--events N` (default 50000), `--runs N` (default 3), `--database URL` (default: SQLite in a temporary folder),
 * `--only NAME` to make one measurement, `--profile FOLDER` to have the server write a CPU profile there.
 */
import { newId } from "../contract/schemas/src/ids.ts";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { WebSocket } from "ws";
import { startSluiceServer } from "../testing/servers/sluice-server.ts";
import { cpuSeconds } from "./measures/process-figures.ts";
import { median } from "./statistics.ts";

const { values: options } = parseArgs({
  options: {
    events: { type: "string", default: "50000" },
    runs: { type: "string", default: "3" },
    database: { type: "string" },
    only: { type: "string" },
    profile: { type: "string" },
  },
});
const count = Number(options.events);

interface Measure {
  readonly name: string;
  /** Makes what is sent, before the clock starts. */
  prepare(): readonly string[];
  /** Resolves when all of it is stored. */
  send(apiUrl: string, frames: readonly string[]): Promise<void>;
}

interface Figures {
  readonly eventsPerSecond: number;
  /** The server's processor time for one event. */
  readonly cpuMicroseconds: number;
}

const MEASURES: readonly Measure[] = [
  {
    name: "socket, an event a frame",
    prepare: () => plainEvents().map((event) => JSON.stringify(event)),
    send: overSocket,
  },
  { name: "socket, 200 events a frame", prepare: () => batches(plainEvents()), send: overSocket },
  {
    name: "socket, task-run events",
    prepare: () => taskRunEvents().map((event) => JSON.stringify(event)),
    send: overSocket,
  },
  { name: "http, 200 events a request", prepare: () => batches(plainEvents()), send: overHttp },
];

const home = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  for (const measure of MEASURES) {
    if (options.only && !measure.name.includes(options.only)) continue;
    const figures: Figures[] = [];
    for (let run = 0; run < Number(options.runs); run += 1)
      figures.push(await measureOnce(measure, `${run}`));
    const rates = figures.map(({ eventsPerSecond }) => eventsPerSecond);
    const shown = rates.map((rate) => rate.toFixed(0)).join(" ");
    const rate = `${median(rates).toFixed(0).padStart(7)} events/s`;
    const cpu = `${median(figures.map(({ cpuMicroseconds }) => cpuMicroseconds))
      .toFixed(1)
      .padStart(6)} µs CPU/event`;
    console.log(`${measure.name.padEnd(28)} ${rate} ${cpu}   (${shown})`);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function measureOnce(measure: Measure, run: string): Promise<Figures> {
  const folder = mkdtempSync(join(home, `run-${run}-`));
  const server = await startSluiceServer({
    database: options.database ?? `sqlite:${join(folder, "bench.db")}`,
    home: folder,
    ...(options.profile && { settings: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profile}` } }),
  });
  try {
    const frames = measure.prepare();
    const cpuBefore = cpuSeconds(server.pid);
    const begin = performance.now();
    await measure.send(server.url, frames);
    const seconds = (performance.now() - begin) / 1000;
    return {
      eventsPerSecond: count / seconds,
      cpuMicroseconds: ((cpuSeconds(server.pid) - cpuBefore) * 1_000_000) / count,
    };
  } finally {
    await server.stop();
  }
}

/** As a stock client sends, confirmed by a ping at the end. */
async function overSocket(apiUrl: string, frames: readonly string[]): Promise<void> {
  const socket = new WebSocket(`${apiUrl.replace("http", "ws")}/events/in`, "prefect", {
    perMessageDeflate: false,
  });
  await once(socket, "open");
  socket.send('{"type":"auth","token":null}');
  await once(socket, "message");
  for (const frame of frames) {
    socket.send(frame);
    if (socket.bufferedAmount > 1024 * 1024) await new Promise(setImmediate);
  }
  socket.ping();
  await once(socket, "pong");
  socket.terminate();
}

async function overHttp(apiUrl: string, bodies: readonly string[]): Promise<void> {
  const { origin, pathname } = new URL(apiUrl);
  const pool = new Pool(origin, { connections: 4, pipelining: 1 });
  const headers = { "content-type": "application/json" };
  await Promise.all(
    bodies.map(async (body) => {
      const answer = await pool.request({ path: `${pathname}/events`, method: "POST", headers, body });
      await answer.body.dump();
      if (answer.statusCode !== 204) throw new Error(`POST /events answered ${answer.statusCode}`);
    }),
  );
  await pool.close();
}

function batches(events: readonly object[]): string[] {
  const size = 200;
  return Array.from({ length: Math.ceil(events.length / size) }, (_, index) =>
    JSON.stringify(events.slice(index * size, (index + 1) * size)),
  );
}

function plainEvents(): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: newId(),
    occurred: new Date().toISOString(),
    event: "bench.happened",
    resource: {
      "prefect.resource.id": `bench.thing.${index % 1000}`,
      "prefect.resource.name": `thing ${index % 1000}`,
    },
    related: [{ "prefect.resource.id": `bench.owner.${index % 50}`, "prefect.resource.role": "owner" }],
    payload: { index, note: "a payload of ordinary size, as an application would send it along" },
    follows: null,
  }));
}

/** Three states each of task runs outside of a flow run, as their client tells them. */
function taskRunEvents(): object[] {
  const states = ["Pending", "Running", "Completed"] as const;
  return Array.from({ length: Math.ceil(count / states.length) }, () => newId())
    .flatMap((id) => states.map((name) => taskRunEvent(id, name)))
    .slice(0, count);
}

function taskRunEvent(id: string, name: string): object {
  const occurred = new Date(performance.timeOrigin + performance.now()).toISOString();
  const state = { type: name.toUpperCase(), name, message: "", state_details: {}, data: null };
  return {
    id: newId(),
    occurred: occurred.replace("Z", `${String(Math.floor(Math.random() * 1000)).padStart(3, "0")}Z`),
    event: `prefect.task-run.${name}`,
    resource: {
      "prefect.resource.id": `prefect.task-run.${id}`,
      "prefect.resource.name": "bench-1",
      "prefect.run-count": "1",
      "prefect.state-message": "",
      "prefect.state-name": name,
      "prefect.state-timestamp": occurred,
      "prefect.state-type": name.toUpperCase(),
      "prefect.orchestration": "client",
    },
    related: [{ "prefect.resource.id": "prefect.tag.bench", "prefect.resource.role": "tag" }],
    payload: {
      intended: { from: "PENDING", to: name.toUpperCase() },
      initial_state: { type: "PENDING", name: "Pending", message: "", state_details: {} },
      validated_state: state,
      task_run: {
        name: "bench-1",
        task_key: "bench-12345678",
        dynamic_key: id,
        empirical_policy: { max_retries: 0, retry_delay_seconds: 0 },
        tags: ["bench"],
        labels: {},
        task_inputs: { x: [] },
        run_count: 1,
        flow_run_run_count: 0,
        start_time: occurred,
        total_run_time: 0,
      },
    },
    follows: null,
  };
}
