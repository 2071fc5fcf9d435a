/** Server processes for black-box tests and benchmarks: started on a free port, waited for until healthy, ended as a group. */
import { type ChildProcess, spawn } from "node:child_process";
import { freePort } from "../free-port.ts";

const HEALTH_DEADLINE_MS = 90_000;
const HEALTH_POLL_MS = 10;
const STOP_DEADLINE_MS = 10_000;

export interface ServerProcess {
  /** The API's root, `http://127.0.0.1:4711/api`. */
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to its first healthy answer. */
  readonly startedInMs: number;
  /** SIGTERM to the whole process group, SIGKILL after ten seconds. */
  stop(): Promise<void>;
}

/** Starts `command`; `args` may depend on the port. Throws when the process ends before it is healthy. */
export async function startServerProcess(
  command: string,
  args: (port: number) => string[],
  env: NodeJS.ProcessEnv,
): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/api`;
  const startedAt = performance.now();
  const child = spawn(command, args(port), { env, stdio: ["ignore", "ignore", "inherit"], detached: true });
  const { pid } = child;
  if (pid === undefined) throw new Error(`could not start ${command}: is it installed and executable?`);
  try {
    await untilHealthy(url, child);
  } catch (error) {
    await terminate(child, pid);
    throw error;
  }
  return { url, pid, startedInMs: performance.now() - startedAt, stop: () => terminate(child, pid) };
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + HEALTH_DEADLINE_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`the server for ${url} ended with exit code ${child.exitCode}`);
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, HEALTH_POLL_MS));
  }
  throw new Error(`the server at ${url} was not healthy within ${HEALTH_DEADLINE_MS / 1000} s`);
}

async function terminate(child: ChildProcess, pid: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-pid, "SIGTERM");
  const killer = setTimeout(() => process.kill(-pid, "SIGKILL"), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(killer);
}
