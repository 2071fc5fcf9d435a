/** Runs one pattern's program as a process of its own, as a user would, and waits until the API shows all of it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkRun } from "./check-run.ts";
import type { Pattern } from "./patterns.ts";
import { type ApiClient, findRun, type RunRecord, readRun } from "./read-run.ts";

export interface Shown {
  readonly pattern: Pattern;
  /** Null when no run was found. */
  readonly record: RunRecord | null;
  readonly problems: readonly string[];
  readonly seconds: number;
}

export interface Stage {
  readonly client: ApiClient;
  /** Environment of the programs. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

const root = join(import.meta.dirname, "..", "..");

/** Task runs and logs arrive behind the program that sent them; after this long something is lost. */
const ARRIVAL_MS = 10_000;
const POLL_MS = 25;

export async function showPattern(pattern: Pattern, stage: Stage): Promise<Shown> {
  const since = new Date();
  const started = performance.now();
  const problem = await runProgram(pattern.program, stage);
  const seconds = (performance.now() - started) / 1000;
  if (problem) return { pattern, record: null, problems: [problem], seconds };
  const { problems, record } = await untilArrived(pattern, since, stage);
  return { pattern, record, problems, seconds };
}

/** Null when the program ended well; else what it said. */
async function runProgram(program: string, { env, signal }: Stage): Promise<string | null> {
  const child = spawn(process.execPath, ["--conditions=source", join(root, program)], {
    env,
    signal,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (text: Buffer) => {
    output = (output + text.toString("utf8")).slice(-4000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ending = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, killedBy) => resolve(code === 0 ? "" : `exit code ${code ?? killedBy}`));
  });
  return ending === "" ? null : `${program} failed (${ending}):\n${output.trimEnd()}`;
}

async function untilArrived(pattern: Pattern, since: Date, { client, signal }: Stage) {
  const deadline = performance.now() + ARRIVAL_MS;
  for (;;) {
    const run = await findRun(client, pattern.expected.flow, since);
    const record = run ? await readRun(client, run) : null;
    const problems = record
      ? checkRun(record, pattern.expected)
      : [`${pattern.expected.flow}: the server knows no run that started since`];
    if (problems.length === 0 || signal.aborted || performance.now() > deadline) return { record, problems };
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
