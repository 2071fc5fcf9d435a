/** Our server as a process of its own, from the sources. */
import { join } from "node:path";
import { type ServerProcess, startServerProcess } from "./processes.ts";

const serve = join(import.meta.dirname, "..", "..", "server", "main", "serve.ts");

export interface SluiceServerOptions {
  /** `sqlite:PATH` or `postgres://…`. */
  readonly database: string;
  /** SLUICE_HOME of the process. */
  readonly home: string;
  readonly settings?: Readonly<Record<string, string>>;
}

export async function startSluiceServer(options: SluiceServerOptions): Promise<ServerProcess> {
  return await startServerProcess(
    process.execPath,
    (port) => ["--conditions=source", serve, "--port", String(port), "--database", options.database],
    { ...process.env, SLUICE_HOME: options.home, SLUICE_LOGGING_LEVEL: "warn", ...options.settings },
  );
}
