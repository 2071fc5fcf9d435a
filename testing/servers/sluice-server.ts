/** Our server as a process of its own: from the sources, or as it is published. */
import { join } from "node:path";
import { type ServerProcess, startServerProcess } from "./processes.ts";

const server = join(import.meta.dirname, "..", "..", "server");
const FROM_SOURCES = ["--conditions=source", join(server, "main", "serve.ts")];
const AS_PUBLISHED = [join(server, "dist", "main", "serve.js")];

export interface SluiceServerOptions {
  /** `sqlite:PATH` or `postgres://…`. */
  readonly database: string;
  /** SLUICE_HOME of the process. */
  readonly home: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Runs what `npm run build` made, which spares the process the stripping of types. Default false. */
  readonly isBuilt?: boolean;
}

export async function startSluiceServer(options: SluiceServerOptions): Promise<ServerProcess> {
  const program = options.isBuilt ? AS_PUBLISHED : FROM_SOURCES;
  return await startServerProcess(
    process.execPath,
    (port) => [...program, "--port", String(port), "--database", options.database],
    { ...process.env, SLUICE_HOME: options.home, SLUICE_LOGGING_LEVEL: "error", ...options.settings },
  );
}
