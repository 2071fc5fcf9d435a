/** No-op tasks inside a flow, from the flow's first line until the server shows the last task run as completed. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { prefectEnvironment, prefectPython } from "../../testing/servers/prefect-server.ts";

const programs = join(import.meta.dirname, "..", "programs");
const RECORDED_DEADLINE_MS = 180_000;
const run = promisify(execFile);

export interface NoopTaskFigures {
  readonly tasksPerSecond: number;
  /** CPU of the flow's process per task, in milliseconds. */
  readonly cpuMsPerTask: number;
  /** The bare function, called and awaited in the same loop; absent for Python. */
  readonly bareCallsPerSecond?: number;
}

interface Printed {
  readonly startedAtMs: number;
  readonly cpuSeconds: number;
  readonly bareSeconds?: number;
}

export async function measureSluiceTasks(
  apiUrl: string,
  home: string,
  count: number,
): Promise<NoopTaskFigures> {
  const program = [join(programs, "noop-tasks.ts"), String(count)];
  const env = { ...process.env, SLUICE_API_URL: apiUrl, SLUICE_HOME: home };
  return await measure(apiUrl, count, process.execPath, program, env);
}

export async function measurePrefectTasks(
  apiUrl: string,
  home: string,
  count: number,
): Promise<NoopTaskFigures> {
  const program = [join(programs, "noop_tasks.py"), String(count)];
  return await measure(
    apiUrl,
    count,
    prefectPython,
    program,
    prefectEnvironment(home, { PREFECT_API_URL: apiUrl }),
  );
}

async function measure(
  apiUrl: string,
  count: number,
  command: string,
  program: string[],
  env: NodeJS.ProcessEnv,
): Promise<NoopTaskFigures> {
  const before = await completedTaskRuns(apiUrl);
  const recordedAtMs = untilRecorded(apiUrl, before + count + 1);
  const { stdout } = await run(command, program, { env, maxBuffer: 64 * 1024 * 1024 });
  const printed = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Printed;
  return {
    tasksPerSecond: count / (((await recordedAtMs) - printed.startedAtMs) / 1000),
    cpuMsPerTask: (printed.cpuSeconds * 1000) / count,
    ...(printed.bareSeconds === undefined ? {} : { bareCallsPerSecond: count / printed.bareSeconds }),
  };
}

async function untilRecorded(apiUrl: string, total: number): Promise<number> {
  const deadline = Date.now() + RECORDED_DEADLINE_MS;
  let recorded = 0;
  while (Date.now() < deadline) {
    recorded = await completedTaskRuns(apiUrl);
    if (recorded >= total) return Date.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `only ${recorded} of ${total} task runs were recorded within ${RECORDED_DEADLINE_MS / 1000} s`,
  );
}

async function completedTaskRuns(apiUrl: string): Promise<number> {
  const answer = await fetch(`${apiUrl}/task_runs/count`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ task_runs: { state: { type: { any_: ["COMPLETED"] } } } }),
  });
  return answer.ok ? ((await answer.json()) as number) : 0;
}
