/** A server of our own for tests of the SDK, and eyes on what runs leave behind there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeConnection, reloadSettings } from "@sluice/sdk";
import { createLogger, createServer, readSettings } from "@sluice/server";

// Rows come as the wire has them; a test that reads a key which isn't there fails by itself.
export type Row = Record<string, never> & { readonly id: string };

export interface SdkKit {
  readonly apiUrl: string;
  /** Everything that runs have handed over so far is at the server. */
  delivered(): Promise<void>;
  /** A request to the API; the body as JSON. */
  api<T = Row>(method: string, path: string, body?: object): Promise<T>;
  flowRunsOf(flowName: string): Promise<Row[]>;
  flowRun(id: string | null): Promise<Row>;
  /** Newest first. */
  taskRunsOf(flowRunId: string | null): Promise<Row[]>;
  /** Names of a run's states, oldest first. */
  flowRunHistory(id: string | null): Promise<string[]>;
  taskRunHistory(id: string | null): Promise<string[]>;
  logsOf(flowRunId: string | null): Promise<{ level: number; message: string; task_run_id: string | null }[]>;
  eventsOf(prefix: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** Starts a server on a fresh database and makes it the SDK's. */
export async function startSdkKit(): Promise<SdkKit> {
  const home = mkdtempSync(join(tmpdir(), "sluice-sdk-"));
  const settings = readSettings(
    { SLUICE_HOME: home },
    { port: 0, database: `sqlite:${join(home, "sluice.db")}` },
  );
  const server = await createServer(
    settings,
    createLogger({ level: "silent", pretty: false, stream: process.stderr }),
  );
  await server.start();
  const apiUrl = `${server.url}/api`;
  process.env.SLUICE_HOME = home;
  process.env.SLUICE_API_URL = apiUrl;
  setLogLevel("CRITICAL"); // keeps the tests' own output readable

  const api = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const init = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
    const response = await fetch(`${apiUrl}${path}`, { method, ...init });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T; // the tests say what they expect
  };
  const kit: SdkKit = {
    apiUrl,
    api,
    delivered: () => closeConnection(),
    flowRunsOf: (name) => api("POST", "/flow_runs/filter", { flows: { name: { any_: [name] } } }),
    flowRun: (id) => api("GET", `/flow_runs/${id}`),
    async taskRunsOf(flowRunId) {
      await kit.delivered();
      return api("POST", "/task_runs/filter", { flow_runs: { id: { any_: [flowRunId] } } });
    },
    flowRunHistory: (id) => stateNames(api("GET", `/flow_run_states/?flow_run_id=${id}`)),
    async taskRunHistory(id) {
      await kit.delivered();
      return stateNames(api("GET", `/task_run_states/?task_run_id=${id}`));
    },
    async logsOf(flowRunId) {
      await kit.delivered();
      return api("POST", "/logs/filter", { logs: { flow_run_id: { any_: [flowRunId] } } });
    },
    async eventsOf(prefix) {
      await kit.delivered();
      const page = await api<{ events: Row[] }>("POST", "/events/filter", {
        filter: { event: { prefix: [prefix] } },
        limit: 50,
      });
      return page.events;
    },
    async close() {
      await closeConnection();
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return kit;
}

/** The least level of run logs that is kept. */
export function setLogLevel(level: string): void {
  process.env.SLUICE_LOGGING_LEVEL = level;
  reloadSettings();
}

async function stateNames(states: Promise<{ name: string }[]>): Promise<string[]> {
  return (await states).map((state) => state.name);
}
