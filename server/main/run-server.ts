/** A server as a program: starts, says where it is, and stops in order on Ctrl-C or SIGTERM. */
import { createLogger } from "./logger.ts";
import { readSettings, type ServerSettings, SettingsError } from "./settings.ts";

/**
 * Runs until a signal. A second signal ends the process at once.
 * @returns the exit code: 0 after a stop, 1 when it could not start; what was wrong is then on stderr in one line
 */
export async function runServer(overrides: Partial<ServerSettings> = {}): Promise<number> {
  try {
    const settings = readSettings(process.env, overrides);
    await serveUntilSignal(settings);
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return 1;
  }
}

async function serveUntilSignal(settings: ServerSettings): Promise<void> {
  const logger = createLogger({
    level: settings.logLevel,
    pretty: process.stderr.isTTY,
    stream: process.stderr,
  });
  const [{ createServer }, { shownDatabase }] = await Promise.all([
    import("./create-server.ts"),
    import("./open-store.ts"),
  ]);
  const server = await createServer(settings, logger);
  await server.start();
  logger.info({ url: server.url, database: shownDatabase(settings.database) }, "Sluice is ready");
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
  logger.info("Stopping");
  await server.stop();
}

/** Expected failures in their own words; defects with their stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected =
    error instanceof SettingsError || "code" in error || /^(PortTaken|Store)/.test(error.name);
  return isExpected ? error.message : (error.stack ?? error.message);
}
