/**
 * Runs a server until it is told to stop: `node --conditions=source server/main/serve.ts --port 4200`.
 * Options win over `SLUICE_*` variables. Exits 1 with one line on what is wrong.
 */
import { parseArgs } from "node:util";
import { runServer } from "./run-server.ts";
import type { ServerSettings } from "./settings.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string" },
    port: { type: "string" },
    database: { type: "string" },
    insecure: { type: "boolean" },
    "no-services": { type: "boolean" },
  },
});

const overrides: Partial<ServerSettings> = {
  ...(values.host !== undefined && { host: values.host }),
  ...(values.port !== undefined && { port: Number(values.port) }),
  ...(values.database !== undefined && { database: values.database }),
  ...(values.insecure && { insecure: true }),
  ...(values["no-services"] && { servicesEnabled: false }),
};

process.exitCode = await runServer(overrides);
