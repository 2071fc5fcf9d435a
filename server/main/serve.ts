/**
 * Runs a server until it is told to stop: `node --conditions=source server/main/serve.ts --port 4200`.
 * Options win over `SLUICE_*` variables. Exits 1 with one line on what is wrong.
 */
import { enableCompileCache } from "node:module";
import { parseArgs } from "node:util";
import type { ServerSettings } from "./settings.ts";

// Halves the time from here to the first answer, from the second start on.
enableCompileCache();

const overrides = readOptions();
if (overrides) {
  const { runServer } = await import("./run-server.ts");
  process.exitCode = await runServer(overrides);
} else {
  process.exitCode = 2;
}

function readOptions(): Partial<ServerSettings> | null {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: "string" },
        port: { type: "string" },
        database: { type: "string" },
        insecure: { type: "boolean" },
        services: { type: "boolean" },
      },
      allowNegative: true,
    });
    const { port, services, ...rest } = values;
    return {
      ...rest,
      ...(port !== undefined && { port: Number(port) }),
      ...(services !== undefined && { servicesEnabled: services }),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}
