/**
 * The door of the server: with a port, inside the process, and as a program. Each loads its modules when it is called,
 * so that a script with an embedded server does not pay for HTTP, and a command line not for either.
 */
import type { Logger } from "pino";
import type { EmbeddedServer } from "./embedded.ts";
import type { RunningServer } from "./running-server.ts";
import type { ServerSettings } from "./settings.ts";

export type { EmbeddedServer } from "./embedded.ts";
export { resetDatabase, upgradeDatabase } from "./database.ts";
export { createLogger } from "./logger.ts";
export { openStore, shownDatabase } from "./open-store.ts";
export { PortTakenError, type RunningServer } from "./running-server.ts";
export { runServer } from "./run-server.ts";
export { readSettings, type ServerSettings, SettingsError } from "./settings.ts";

/**
 * A server with a port, ready to `start()`.
 * @throws SettingsError when the settings ask for something unsafe
 */
export async function createServer(settings: ServerSettings, logger: Logger): Promise<RunningServer> {
  const implementation = await import("./create-server.ts");
  return await implementation.createServer(settings, logger);
}

/** A server inside this process, at work when the promise resolves; by default on `$SLUICE_HOME/sluice.db`. */
export async function createEmbeddedServer(
  overrides: Partial<ServerSettings> = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<EmbeddedServer> {
  const implementation = await import("./embedded.ts");
  return await implementation.createEmbeddedServer(overrides, environment);
}
