/** The server inside the caller's process: no port, no child process, the same core on the same database. */
import { z } from "zod";
import { createLocalFetch, type LocalFetch } from "../api/edge/local-fetch.ts";
import { allRoutes } from "../api/routes/all-routes.ts";
import { DEFAULT_WORKSPACE_ID, eventInput, logCreate } from "@sluice/schemas";
import { createCore } from "./core.ts";
import {
  type EmbeddedTaskRunHandlers,
  type EmbeddedTaskRunStream,
  type EmbeddedTaskRunSubscription,
  subscribeTaskRuns,
} from "./embedded-task-runs.ts";
import { createLogger } from "./logger.ts";
import { openStore } from "./open-store.ts";
import { readSettings, type ServerSettings } from "./settings.ts";

const eventBodies = z.array(eventInput);
const logBodies = z.array(logCreate);

export interface EmbeddedServer {
  /** Answers requests to `…/api/…` of any host, as a server with a port would. */
  readonly fetch: LocalFetch;
  /** Takes events as they are on the wire, in order; resolves when they are committed. */
  ingestEvents(events: readonly unknown[]): Promise<void>;
  /** Takes log lines as they are on the wire; resolves when they are committed. */
  ingestLogs(logs: readonly unknown[]): Promise<void>;
  /** Gives deferred runs of tasks to this process, as the socket of a server with a port would. */
  subscribeTaskRuns(
    subscription: EmbeddedTaskRunSubscription,
    handlers: EmbeddedTaskRunHandlers,
  ): Promise<EmbeddedTaskRunStream>;
  /** Finishes what was taken and closes the database. */
  close(): Promise<void>;
}

/** Opens the database of the settings (by default `$SLUICE_HOME/sluice.db`) and serves it in this process. */
export async function createEmbeddedServer(
  overrides: Partial<ServerSettings> = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<EmbeddedServer> {
  // Only what is wrong: the screen belongs to the user's program.
  const settings = readSettings(environment, { logLevel: "warn", ...overrides });
  const logger = createLogger({ level: settings.logLevel, pretty: true, stream: process.stderr });
  const core = createCore(await openStore(settings.database), settings, logger);
  await core.start();
  const { intake } = core.services;
  const fetch = createLocalFetch({
    routes: allRoutes(core.services),
    onError: (error, method, path) => logger.error({ err: error, method, path }),
  });
  const caller = { workspace_id: DEFAULT_WORKSPACE_ID };
  return {
    fetch,
    ingestEvents: (events) => intake.addEvents(caller, eventBodies.parse(events)),
    ingestLogs: (logs) => intake.addLogs(caller, logBodies.parse(logs)),
    subscribeTaskRuns: (subscription, handlers) =>
      subscribeTaskRuns(core, { workspace_id: DEFAULT_WORKSPACE_ID, subscription, handlers }),
    close: () => core.stop(AbortSignal.timeout(settings.shutdownSeconds * 1000)),
  };
}
