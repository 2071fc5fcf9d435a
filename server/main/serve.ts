/**
 * Runs a server until it is told to stop: `node --conditions=source server/main/serve.ts --port 4200`.
 * Options win over `SLUICE_*` variables. Exits 1 with one line on what is wrong.
 */
import { enableCompileCache } from "node:module";
import { parseArgs } from "node:util";
import type { ServerSettings } from "./settings.ts";

// Halves the time from here to the first answer, from the second start on.
enableCompileCache();

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

const overrides: Partial<ServerSettings> = {
  ...(values.host !== undefined && { host: values.host }),
  ...(values.port !== undefined && { port: Number(values.port) }),
  ...(values.database !== undefined && { database: values.database }),
  ...(values.insecure !== undefined && { insecure: values.insecure }),
  ...(values.services !== undefined && { servicesEnabled: values.services }),
};

const { runServer } = await import("./run-server.ts");
process.exitCode = await runServer(overrides);
