/** Runs the real command in a process of its own, as a person in a shell would. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const command = join(import.meta.dirname, "..", "..", "sluice", "bin", "sluice.js");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home folder of its own, so that no test sees the developer's profiles. */
export class Shell {
  readonly home = mkdtempSync(join(tmpdir(), "sluice-cli-"));
  readonly env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.env = env;
  }

  /** Runs `sluice …args` to its end. */
  async run(...args: string[]): Promise<Outcome> {
    const child = this.start(...args);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, stdout, stderr };
  }

  /** Runs a reading command with `--json`; throws what it said when it fails. */
  async read(...args: string[]): Promise<unknown> {
    const { code, stderr, stdout } = await this.run(...args, "--json");
    if (code !== 0) throw new Error(`sluice ${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  start(...args: string[]) {
    const child = spawn(process.execPath, ["--conditions=source", command, ...args], {
      cwd: this.home,
      env: { PATH: process.env["PATH"], HOME: this.home, SLUICE_HOME: this.home, ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.setEncoding("utf8");
    child.stderr.setEncoding("utf8");
    return child;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A port on which nothing listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the system gave no free port");
  return address.port;
}
