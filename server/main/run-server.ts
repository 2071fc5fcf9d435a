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

/** Failures that the operator can mend are told in one line; defects with their stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isExpected(error) ? error.message : (error.stack ?? error.message);
}

/** The system's own errors (an address that is not ours, a port without permission) carry a code. */
function isExpected(error: Error): boolean {
  return error instanceof SettingsError || EXPECTED.has(error.name) || "code" in error;
}

// By name: their modules are loaded only when the server is.
const EXPECTED: ReadonlySet<string> = new Set(["DatabaseError", "PortTakenError"]);
