/** `sluice server start`: the API and the background services in this process, until it is told to stop. */
import { Command, Option } from "commander";
import type { Context } from "../../context.ts";
import { databaseOption, port } from "../../options.ts";

interface Options {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly logLevel?: string;
  readonly services: boolean;
  readonly insecure?: boolean;
}

export function startCommand(context: Context): Command {
  return new Command("start")
    .description("Start a server; Ctrl-C stops it")
    .option("--host <address>", "address to listen on (SLUICE_SERVER_API_HOST; default 127.0.0.1)")
    .option("--port <number>", "port to listen on, 0 for any (SLUICE_SERVER_API_PORT; default 4200)", port)
    .addOption(databaseOption())
    .addOption(new Option("--log-level <level>", "DEBUG, INFO, WARNING, ERROR or CRITICAL"))
    .option("--no-services", "only the API, without the background services")
    .option("--insecure", "listen beyond this machine without an auth string")
    .action(async (options: Options) => {
      const { runServer } = await import("@sluice/server");
      await runServer(options);
    });
}
