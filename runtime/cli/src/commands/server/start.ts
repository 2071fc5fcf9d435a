/** `sluice server start`: the API and the background services in this process, until it is told to stop. */
import { Command, Option } from "commander";
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

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export function startCommand(context: Context): Command {
  return new Command("start")
    .description("Start a server; Ctrl-C stops it")
    .option("--host <address>", "address to listen on (SLUICE_SERVER_API_HOST; default 127.0.0.1)")
    .option("--port <number>", "port to listen on, 0 for any (SLUICE_SERVER_API_PORT; default 4200)", port)
    .addOption(databaseOption())
    .addOption(
      new Option("--log-level <level>", "the least level that is logged")
        .choices(LOG_LEVELS)
        .default(undefined, "info"),
    )
    .option("--no-services", "only the API, without the background services")
    .option("--insecure", "listen beyond this machine without an auth string")
    .action(async ({ services, ...options }: Options) => {
      const { runServer } = await import("@sluice/server");
      const code = await runServer({ ...options, ...(services ? {} : { servicesEnabled: false }) });
      if (code !== 0) context.fail();
    });
}
