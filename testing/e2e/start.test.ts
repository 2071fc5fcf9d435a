import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const start = join(import.meta.dirname, "..", "..", "tools", "start.mjs");

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sluice-start-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("npm start", () => {
  it("shows every pattern, checks it, and ends with 0 when told to end", async () => {
    const { code, stderr, stdout } = await ended(run("--once", "--port", "0"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Sluice \d+\.\d+\.\d+ at http:\/\/127\.0\.0\.1:\d+, sqlite:.*sluice\.db, ready in /,
    );
    expect(stdout).toMatch(/✓ 1 {2}A flow of tasks[^✓]*fact-digest \/ .* Completed[^✓]*3 task runs, 2 edges/);
    expect(stdout).toMatch(/✓ 2 {2}Nested flows[^✓]*animal-facts \/ [^✓]*fetch-cat-fact \/ [^✓]*3 flow runs/);
    expect(stdout).toContain("3 patterns as they should be");
  });

  it("stays up after the tour, and stops cleanly on Ctrl-C", async () => {
    const child = run("--port", "0");
    const output = await said(child, "Ctrl-C stops the server.");
    const apiUrl = /API +(http:\S+)/.exec(output)?.[1] ?? "";
    expect(await (await fetch(`${apiUrl}/health`)).json()).toBe(true);
    process.kill(-(child.pid ?? 0), "SIGINT"); // a terminal signals the whole group
    expect(await ended(child)).toMatchObject({ code: 0, stderr: "" });
    await expect(fetch(`${apiUrl}/health`)).rejects.toThrow("fetch failed");
  });

  it("says in one line that the port is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, stderr, stdout } = await ended(run("--once", "--port", String(port)));
    server.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^Port ${port} .*npm start -- --port 4201\\n$`));
  });

  it.each([
    [["--bogus"], "Unknown option '--bogus'"],
    [["--port", "http"], "--port http: it should be a number"],
    [["--database", "mysql://x"], "sqlite:PATH or postgres://"],
  ])("%j is answered with what is wrong", async (args, message) => {
    const { code, stderr } = await ended(run("--once", ...args));
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

function run(...args: string[]) {
  return spawn(process.execPath, [start, ...args], {
    env: { PATH: process.env["PATH"], HOME: home, SLUICE_HOME: join(home, ".sluice") },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

async function ended(child: ReturnType<typeof run>) {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

/** Everything on stdout up to `text`. */
function said(child: ChildProcess & { stdout: NodeJS.ReadableStream }, text: string): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`ended with ${code} before it said "${text}":\n${output}`)),
    );
    child.stdout.on("data", (chunk: Buffer | string) => {
      output += chunk.toString();
      if (output.includes(text)) resolve(output);
    });
  });
}
