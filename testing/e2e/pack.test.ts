/** What is published, installed into an empty folder and used there as a stranger would. */
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const call = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
const PACKAGES = [
  "contract/schemas",
  "contract/client",
  "server",
  "runtime/sdk",
  "runtime/cli",
  "runtime/sluice",
];

const FLOW = `import { flow, task } from "sluice";

const greet = task(async function greet(name: string) {
  return \`Hello, \${name}!\`;
});
const greetings = flow(async function greetings() {
  const lines = await Promise.all(["Ada", "Grace"].map((name) => greet(name)));
  console.log(lines.join(" "));
}, { logPrints: true });
await greetings();
`;

let work: string;
let app: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-pack-"));
  app = join(work, "app");
  mkdirSync(app);
  const bin = join(root, "node_modules", ".bin");
  env = {
    // npm may need proxies and certificates; the settings of whoever runs this must not reach the packages.
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(SLUICE|PREFECT|NODE_OPTIONS)/.test(name)),
    ),
    PATH: `${bin}:${process.env["PATH"]}`,
    SLUICE_HOME: join(work, "home"),
  };
  await call(join(bin, "tsc"), ["-b", "runtime/sluice"], { cwd: root });
  const flags = PACKAGES.flatMap((folder) => ["-w", folder]);
  await call("npm", ["pack", ...flags, "--pack-destination", work, "--silent"], { cwd: root, env });
  const archives = readdirSync(work).filter((file) => file.endsWith(".tgz"));
  if (archives.length !== PACKAGES.length)
    throw new Error(`packed ${archives.length} of ${PACKAGES.length} packages`);
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  const files = archives.map((file) => join(work, file));
  await call("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--silent", ...files], {
    cwd: app,
    env,
  });
  writeFileSync(join(app, "hello.ts"), FLOW);
}, 240_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("the packages in an empty folder", () => {
  it("hold no tests, and nothing that imports what isn't there", async () => {
    const { stdout } = await call("find", [join(app, "node_modules", "@sluice"), "-name", "*.test.*"]);
    expect(stdout).toBe("");
    for (const name of [
      "sluice",
      "@sluice/sdk",
      "@sluice/client",
      "@sluice/schemas",
      "@sluice/server",
      "@sluice/cli",
    ]) {
      await call(process.execPath, ["--input-type=module", "-e", `await import("${name}")`], {
        cwd: app,
        env,
      });
    }
  });

  it("run a flow without a server", async () => {
    await call(process.execPath, ["hello.ts"], { cwd: app, env });
    expect(await runsOf({})).toEqual([expect.objectContaining({ state_name: "Completed" })]);
  });

  it("serve, and run the same flow against that server", async () => {
    const port = "0";
    const server = spawn(
      "npx",
      ["sluice", "server", "start", "--port", port, "--database", `sqlite:${join(work, "other.db")}`],
      {
        cwd: app,
        env,
        stdio: ["ignore", "inherit", "pipe"],
        detached: true,
      },
    );
    const exited = new Promise((resolve) => server.once("exit", resolve));
    try {
      const url = await new Promise<string>((resolve, reject) => {
        let said = "";
        server.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
        server.stderr.on("data", (text) => {
          said += text;
          const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
          if (found) resolve(found);
        });
      });
      const remote = { SLUICE_API_URL: `${url}/api` };
      await call(process.execPath, ["hello.ts"], { cwd: app, env: { ...env, ...remote } });
      const runs = await runsOf(remote);
      expect(runs).toEqual([expect.objectContaining({ state_name: "Completed" })]);
      const logs = await json(["flow-run", "logs", runs[0]?.id ?? ""], remote);
      expect(logs).toContainEqual(expect.objectContaining({ message: "Hello, Ada! Hello, Grace!" }));
    } finally {
      process.kill(-(server.pid ?? 0), "SIGTERM");
      await exited;
    }
  });
});

async function runsOf(settings: Record<string, string>) {
  return (await json(["flow-run", "ls"], settings)) as { id: string; state_name: string }[];
}

async function json(args: string[], settings: Record<string, string>): Promise<unknown> {
  const options = { cwd: app, env: { ...env, ...settings } };
  const { stdout } = await call("npx", ["sluice", ...args, "--json"], options);
  return JSON.parse(stdout);
}
