/** The real Prefect server and client from PyPI, in the virtual environment of the conformance suite. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ServerProcess, startServerProcess } from "./processes.ts";

const conformance = join(import.meta.dirname, "..", "..", "conformance");
const virtualEnvironment = join(conformance, ".venv");

/** The virtual environment's interpreter. */
export const prefectPython = join(virtualEnvironment, "bin", "python");

/** Makes the virtual environment, anew whenever `conformance/requirements.txt` changes. Needs `python3` with `venv`. */
export function ensurePrefect(): void {
  const requirements = join(conformance, "requirements.txt");
  const fingerprint = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  const stamp = join(virtualEnvironment, "requirements.sha256");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  console.log("installing the stock prefect package …");
  rmSync(virtualEnvironment, { recursive: true, force: true });
  execFileSync("python3", ["-m", "venv", virtualEnvironment], { stdio: "inherit" });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
  execFileSync(prefectPython, install, { stdio: "inherit" });
  writeFileSync(stamp, fingerprint);
}

/** The environment of a stock client: nobody's own profile or key slips in. */
export function prefectEnvironment(
  home: string,
  settings: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return {
    PATH,
    HOME,
    LANG,
    PREFECT_HOME: home,
    DO_NOT_TRACK: "1",
    PREFECT_CLI_COLORS: "false",
    ...settings,
  };
}

export interface PrefectServerOptions {
  /** PREFECT_HOME of the process; its SQLite database lives there. */
  readonly home: string;
  /** A `postgresql+asyncpg://` URL instead of SQLite. */
  readonly databaseUrl?: string;
}

export async function startPrefectServer(options: PrefectServerOptions): Promise<ServerProcess> {
  ensurePrefect();
  return await startServerProcess(
    prefectPython,
    (port) => ["-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", String(port)],
    prefectEnvironment(options.home, {
      PREFECT_SERVER_ANALYTICS_ENABLED: "false",
      PREFECT_LOGGING_SERVER_LEVEL: "CRITICAL",
      ...(options.databaseUrl ? { PREFECT_API_DATABASE_CONNECTION_URL: options.databaseUrl } : {}),
    }),
  );
}
