import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeConnection, reloadSettings } from "@sluice/sdk";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ServerProcess } from "../../../testing/servers/processes.ts";
import { startSluiceServer } from "../../../testing/servers/sluice-server.ts";
import { greet } from "./fixtures/greetings.ts";
import { Shell } from "./run-sluice.ts";

const FILE = join(import.meta.dirname, "fixtures", "greetings.ts");
const SLOW = { timeout: 30_000 };

let folder: string;
let server: ServerProcess;
let shell: Shell;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-cli-tasks-"));
  server = await startSluiceServer({ database: `sqlite:${join(folder, "a.db")}`, home: folder });
  shell = new Shell({ SLUICE_API_URL: server.url });
  vi.stubEnv("SLUICE_API_URL", server.url);
  vi.stubEnv("SLUICE_HOME", shell.home);
  reloadSettings();
}, 30_000);
afterAll(async () => {
  await closeConnection();
  vi.unstubAllEnvs();
  reloadSettings();
  await server.stop();
  shell.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("sluice task serve", () => {
  it("executes what is delayed of a file's tasks, and ends on Ctrl-C", SLOW, async () => {
    const serving = shell.start("task", "serve", FILE, "--limit", "2");
    const ended = new Promise<number | null>((resolve) => serving.once("close", resolve));
    expect(await greet.delay("Ada")).toBe("Hello, Ada!");
    serving.kill("SIGINT");
    expect(await ended).toBe(0);
  });

  it.each([
    ["a file that isn't there", "nowhere.ts", "nowhere.ts"],
    ["an export that isn't there", `${FILE}:wave`, "exports no task 'wave'. It exports: greet, notATask."],
    ["an export that is no task", `${FILE}:notATask`, "exports no task 'notATask'."],
  ])("says what is wrong with %s", SLOW, async (_, file, message) => {
    const { code, stderr } = await shell.run("task", "serve", file);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
