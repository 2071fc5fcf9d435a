/** `sluice server start`: the API and the background services in this process, until it is told to stop. */
import { Command, InvalidArgumentError } from "commander";
import type { Context } from "../../context.ts";
import { databaseOption, port } from "../../options.ts";

interface Options {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly logLevel?: LogLevel;
  readonly services: boolean;
  readonly insecure?: boolean;
}

const LOG_LEVELS = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warn",
  ERROR: "error",
  CRITICAL: "fatal",
} as const;
type LogLevel = (typeof LOG_LEVELS)[keyof typeof LOG_LEVELS];

/** The words of Python's logging, in any letter case, as the logger's. */
function logLevel(text: string): LogLevel {
  const found = Object.entries(LOG_LEVELS).find(([name]) => name === text.toUpperCase());
  if (!found) throw new InvalidArgumentError(`It should be one of ${Object.keys(LOG_LEVELS).join(", ")}.`);
  return found[1];
}

export function startCommand(context: Context): Command {
  return new Command("start")
    .description("Start a server; Ctrl-C stops it")
    .option("--host <address>", "address to listen on (SLUICE_SERVER_API_HOST; default 127.0.0.1)")
    .option("--port <number>", "port to listen on, 0 for any (SLUICE_SERVER_API_PORT; default 4200)", port)
    .addOption(databaseOption())
    .option("--log-level <level>", "DEBUG, INFO (the default), WARNING, ERROR or CRITICAL", logLevel)
    .option("--no-services", "only the API, without the background services")
    .option("--insecure", "listen beyond this machine without an auth string")
    .action(async ({ services, ...options }: Options) => {
      const { runServer } = await import("@sluice/server");
      const code = await runServer({ ...options, ...(services ? {} : { servicesEnabled: false }) });
      if (code !== 0) context.fail();
    });
}
