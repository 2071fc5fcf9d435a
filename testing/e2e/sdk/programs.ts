/** Runs a program with flows in it as a process of its own, as users do. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export interface EndedProgram {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `programs/<name>.ts` with the environment of the test. */
export function startProgram(name: string, ...args: string[]): ChildProcess {
  const file = join(import.meta.dirname, "programs", `${name}.ts`);
  return spawn(process.execPath, ["--conditions=source", file, ...args], {
    env: process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export async function ended(child: ChildProcess): Promise<EndedProgram> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
