/**
 * The conformance suite: the stock `prefect` package from PyPI against our server, on each database, with the real Prefect
 * server as the oracle.
 *
 * Starts the servers, plays every scenario against each (`suite/play.py`), then lets pytest compare what they showed.
 * Arguments are handed to pytest.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createDatabase,
  findPostgresPrograms,
  startPostgresCluster,
} from "../testing/databases/postgres-cluster.ts";
import {
  ensurePrefect,
  prefectEnvironment,
  prefectPython,
  startPrefectServer,
} from "../testing/servers/prefect-server.ts";
import { startSluiceServer } from "../testing/servers/sluice-server.ts";

const suite = join(import.meta.dirname, "suite");
const GUARD = "admin:s3cret";

async function main(work: string, cleanUp: AsyncDisposableStack): Promise<number> {
  ensurePrefect();
  const start = async (database: string, settings?: Record<string, string>): Promise<string> => {
    const server = await startSluiceServer({ database, home: join(work, "home"), settings });
    cleanUp.defer(() => server.stop());
    return server.url;
  };
  const targets: Record<string, string> = { sqlite: await start(`sqlite:${join(work, "a.db")}`) };
  const programs = await findPostgresPrograms();
  if (programs) {
    const cluster = await startPostgresCluster(programs);
    cleanUp.defer(() => cluster.stop());
    targets.postgres = await start((await createDatabase(cluster)).url);
  } else if (process.env.SLUICE_REQUIRE_POSTGRES === "1") {
    console.error(
      "conformance: PostgreSQL is required (SLUICE_REQUIRE_POSTGRES=1), but its binaries were not found",
    );
    return 1;
  } else {
    console.warn("conformance: no PostgreSQL binaries found, so only SQLite is checked");
  }
  const guarded = await start(`sqlite:${join(work, "guarded.db")}`, { SLUICE_SERVER_API_AUTH_STRING: GUARD });
  const oracle = await startPrefectServer({ home: join(work, "oracle") });
  cleanUp.defer(() => oracle.stop());

  // The oracle mostly waits for its own background writers, so it plays beside ours.
  await Promise.all([play(work, "oracle", oracle.url, ["--oracle"]), playEach(work, targets)]);
  const { status } = spawnSync(prefectPython, ["-m", "pytest", suite, ...process.argv.slice(2)], {
    cwd: suite,
    stdio: "inherit",
    env: prefectEnvironment(join(work, "client"), {
      CONFORMANCE_TARGETS: JSON.stringify(targets),
      CONFORMANCE_PLAYED: work,
      CONFORMANCE_GUARDED: guarded,
    }),
  });
  return status ?? 1;
}

async function playEach(work: string, targets: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, url] of Object.entries(targets)) await play(work, name, url, []);
}

async function play(work: string, name: string, url: string, options: string[]): Promise<void> {
  const started = performance.now();
  const child = spawn(prefectPython, [join(suite, "play.py"), url, join(work, `${name}.json`), ...options], {
    env: prefectEnvironment(join(work, "client"), { PREFECT_API_URL: url }),
    stdio: "ignore",
  });
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (code !== 0)
    throw new Error(`playing the scenarios against ${name} (${url}) ended with exit code ${code}`);
  console.log(
    `conformance: played against ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}

const work = mkdtempSync(join(tmpdir(), "sluice-conformance-"));
let code = 1;
{
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rmSync(work, { recursive: true, force: true }));
  try {
    code = await main(work, cleanUp);
  } catch (error) {
    console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
  }
}
process.exit(code);
