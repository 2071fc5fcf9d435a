/**
 * Starts a server on the embedded database, shows the patterns on it, says where to look, and stays up.
 *
 * Options: `--port N`, `--database sqlite:PATH|postgres://…`, `--once` (ends after the tour: 0 when all was as it should
 * be, else 1).
 */
import { homedir } from "node:os";
import { parseArgs, styleText } from "node:util";
import { createClient } from "@sluice/client";
import { endpoints, SLUICE_VERSION } from "@sluice/schemas";
import {
  createLogger,
  createServer,
  PortTakenError,
  readSettings,
  SettingsError,
  shownDatabase,
} from "@sluice/server";
import { startFactServices } from "../../testing/fact-services.ts";
import { PATTERNS } from "./patterns.ts";
import { countAll, describeShown, formatSeconds, totalsText } from "./report.ts";
import { type Shown, showPattern } from "./show-pattern.ts";

const USAGE = "Usage: npm start -- [--port N] [--database sqlite:PATH|postgres://…] [--once]";

async function main(): Promise<number> {
  const options = readOptions();
  if (!options) return 2;
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());

  await using cleanUp = new AsyncDisposableStack();
  const url = await startServer(options, cleanUp);
  const shown = await runTour(url, stopping.signal, cleanUp);
  const isGood = shown.every(({ problems }) => problems.length === 0);
  if (stopping.signal.aborted) return options.once ? 1 : 0;
  console.log(closing(shown, isGood));
  if (options.once) return isGood ? 0 : 1;

  console.log(whereToLook(url));
  await new Promise((resolve) => stopping.signal.addEventListener("abort", resolve, { once: true }));
  console.log("\nStopping …");
  return 0;
}

interface Options {
  readonly port?: number;
  readonly database?: string;
  readonly once: boolean;
}

function readOptions(): Options | null {
  try {
    const { values } = parseArgs({
      options: { port: { type: "string" }, database: { type: "string" }, once: { type: "boolean" } },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
      throw new Error(`--port ${values.port}: it should be a number from 0 to 65535`);
    }
    return {
      once: values.once ?? false,
      ...(port === undefined ? {} : { port }),
      ...(values.database === undefined ? {} : { database: values.database }),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return null;
  }
}

/** @returns the root of the server, `http://127.0.0.1:4200` */
async function startServer(options: Options, cleanUp: AsyncDisposableStack): Promise<string> {
  const started = performance.now();
  const { database, port } = options;
  const overrides = { ...(database !== undefined && { database }), ...(port !== undefined && { port }) };
  const settings = readSettings(process.env, { logLevel: "warn", ...overrides });
  const logger = createLogger({ level: settings.logLevel, pretty: true, stream: process.stderr });
  const server = await createServer(settings, logger);
  cleanUp.defer(() => server.stop());
  await server.start();
  const place = shownDatabase(settings.database).replace(homedir(), "~");
  const seconds = formatSeconds((performance.now() - started) / 1000);
  console.log(`${bold(`Sluice ${SLUICE_VERSION}`)} at ${server.url}, ${place}, ready in ${seconds}\n`);
  return server.url;
}

async function runTour(url: string, signal: AbortSignal, cleanUp: AsyncDisposableStack): Promise<Shown[]> {
  const facts = await startFactServices();
  cleanUp.defer(() => facts.close());
  const apiUrl = `${url}/api`;
  const authString = process.env["SLUICE_SERVER_API_AUTH_STRING"] ?? null;
  const client = createClient(endpoints, { apiUrl, authString });
  const env = {
    ...process.env,
    ...facts.env,
    SLUICE_API_URL: apiUrl,
    ...(authString && { SLUICE_API_AUTH_STRING: authString }),
  };
  const shown: Shown[] = [];
  for (const pattern of PATTERNS) {
    if (signal.aborted) break;
    const result = await showPattern(pattern, { client, env, signal });
    if (signal.aborted) break;
    console.log(`${describeShown(result)}\n`);
    shown.push(result);
  }
  return shown;
}

function closing(shown: readonly Shown[], isGood: boolean): string {
  const records = shown.flatMap(({ record }) => (record ? [record] : []));
  const seconds = formatSeconds(shown.reduce((sum, one) => sum + one.seconds, 0));
  if (isGood)
    return `${shown.length} patterns as they should be, in ${seconds}: ${totalsText(countAll(records))}.`;
  const failed = shown.filter(({ problems }) => problems.length > 0).length;
  return `${failed} of ${shown.length} patterns are not as they should be.`;
}

function whereToLook(url: string): string {
  const places = [
    ["API", `${url}/api`],
    ["Reference", `${url}/docs`],
    ["Metrics", `${url}/api/metrics`],
    ["Runs", `SLUICE_API_URL=${url}/api npx sluice flow-run ls`],
    ["From Python", `PREFECT_API_URL=${url}/api python examples/01_flow_of_tasks.py`],
  ];
  const lines = places.map(([name = "", place]) => `  ${name.padEnd(12)} ${place}`);
  return `\n${bold("Where to look")}\n${lines.join("\n")}\n\nCtrl-C stops the server.`;
}

function bold(text: string): string {
  return styleText("bold", text, { stream: process.stdout });
}

function explain(error: unknown): string {
  if (error instanceof PortTakenError) return `${error.message} With npm: npm start -- --port 4201`;
  if (error instanceof SettingsError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
