/**
 * The conformance suite: the stock `prefect` package from PyPI against our server, on each database, with the real Prefect
 * server as the oracle.
 *
 * Makes `conformance/.venv`, starts the servers, plays every scenario against each (`suite/play.py`), then lets pytest
 * compare what they showed. Arguments are handed to pytest.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../testing/databases/postgres.ts";

const here = import.meta.dirname;
const suite = join(here, "suite");
const venv = join(here, ".venv");
const python = join(venv, "bin", "python");
const serve = join(here, "..", "server", "main", "serve.ts");
const GUARD = "admin:s3cret";

interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const stops: (() => Promise<void>)[] = [];

async function main(): Promise<number> {
  ensureVirtualEnvironment();
  const work = mkdtempSync(join(tmpdir(), "sluice-conformance-"));
  stops.push(async () => rmSync(work, { recursive: true, force: true }));
  const targets: Record<string, string> = { sqlite: (await startOurs(work, `sqlite:${join(work, "a.db")}`)).url };
  const postgres = await startPostgres();
  if (postgres) {
    stops.push(() => postgres.stop());
    targets.postgres = (await startOurs(work, await postgres.createDatabase())).url;
  } else if (process.env.SLUICE_REQUIRE_POSTGRES === "1") {
    console.error("conformance: PostgreSQL is required (SLUICE_REQUIRE_POSTGRES=1), but its binaries were not found");
    return 1;
  } else {
    console.warn("conformance: no PostgreSQL binaries found, so only SQLite is checked");
  }
  const guarded = await startOurs(work, `sqlite:${join(work, "guarded.db")}`, { SLUICE_SERVER_API_AUTH_STRING: GUARD });
  const oracle = await startOracle(work);

  await play(work, "oracle", oracle.url, ["--oracle"]);
  for (const [name, url] of Object.entries(targets)) await play(work, name, url, []);
  const { status } = spawnSync(python, ["-m", "pytest", suite, ...process.argv.slice(2)], {
    cwd: suite,
    stdio: "inherit",
    env: {
      ...clientEnvironment(work),
      CONFORMANCE_TARGETS: JSON.stringify(targets),
      CONFORMANCE_PLAYED: work,
      CONFORMANCE_GUARDED: guarded.url,
    },
  });
  return status ?? 1;
}

/** Made anew whenever `requirements.txt` changes. */
function ensureVirtualEnvironment(): void {
  const requirements = join(here, "requirements.txt");
  const fingerprint = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const stamp = join(venv, "requirements.sha256");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  console.log("conformance: installing the stock prefect package …");
  rmSync(venv, { recursive: true, force: true });
  execFileSync("python3", ["-m", "venv", venv], { stdio: "inherit" });
  execFileSync(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements], {
    stdio: "inherit",
  });
  writeFileSync(stamp, fingerprint);
}

async function startOurs(work: string, database: string, settings: NodeJS.ProcessEnv = {}): Promise<Running> {
  const port = await freePort();
  const command = ["--conditions=source", serve, "--port", String(port), "--database", database];
  return await start(process.execPath, command, port, {
    ...process.env,
    SLUICE_HOME: join(work, "home"),
    SLUICE_LOGGING_LEVEL: "warn",
    ...settings,
  });
}

async function startOracle(work: string): Promise<Running> {
  const port = await freePort();
  const command = ["-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", String(port)];
  return await start(python, command, port, {
    ...clientEnvironment(work),
    PREFECT_HOME: join(work, "oracle"),
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
    PREFECT_LOGGING_SERVER_LEVEL: "CRITICAL",
  });
}

async function start(command: string, args: string[], port: number, env: NodeJS.ProcessEnv): Promise<Running> {
  const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "inherit"], detached: true });
  const stop = () => terminate(child);
  stops.push(stop);
  const url = `http://127.0.0.1:${port}/api`;
  await untilHealthy(url, child);
  return { url, stop };
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server for ${url} ended with exit code ${child.exitCode}`);
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server at ${url} was not healthy within 90 s`);
}

async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGTERM");
  const killer = setTimeout(() => process.kill(-(child.pid as number), "SIGKILL"), 10_000);
  await ended;
  clearTimeout(killer);
}

async function play(work: string, name: string, url: string, options: string[]): Promise<void> {
  const started = Date.now();
  const output = join(work, `${name}.json`);
  const child = spawn(python, [join(suite, "play.py"), url, output, ...options], {
    env: { ...clientEnvironment(work), PREFECT_API_URL: url },
    stdio: ["ignore", "ignore", "ignore"],
  });
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`playing the scenarios against ${name} (${url}) ended with exit code ${code}`);
  console.log(`conformance: played against ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Only what the stock client needs, so that nobody's own profile or key slips in. */
function clientEnvironment(work: string): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG, PREFECT_HOME: join(work, "client"), DO_NOT_TRACK: "1", PREFECT_CLI_COLORS: "false" };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the system gave no free port");
  return address.port;
}

let code = 1;
try {
  code = await main();
} catch (error) {
  console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
} finally {
  for (const stop of stops.reverse()) await stop();
}
process.exit(code);
