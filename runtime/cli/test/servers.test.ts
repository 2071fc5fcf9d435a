import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Shell, unusedPort } from "./run-sluice.ts";

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => shell.remove());

describe("sluice server start", () => {
  it("serves until it is told to stop, on the database of the home folder", async () => {
    const port = await unusedPort();
    const apiUrl = `http://127.0.0.1:${port}/api`;
    const remote = new Shell({ SLUICE_API_URL: apiUrl });
    const server = shell.start("server", "start", "--port", String(port), "--log-level", "warning");
    let logged = "";
    server.stderr.on("data", (text) => (logged += text));
    const closed = new Promise((resolve) => server.once("close", resolve));
    expect(await remote.read("server", "status", "--wait", "--timeout", "30")).toMatchObject({
      status: "healthy",
      api_url: apiUrl,
      sluice_version: "0.1.0",
    });
    expect((await remote.run("server", "status")).stdout).toBe(`healthy  ${apiUrl}  sluice 0.1.0\n`);
    server.kill("SIGTERM");
    expect(await closed).toBe(0);
    expect(logged).toBe("");
    expect(existsSync(join(shell.home, "sluice.db"))).toBe(true);
    expect((await remote.run("server", "status")).code).toBe(1);
    remote.remove();
  });

  it("says in one line that the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, stderr } = await shell.run("server", "start", "--port", String(port));
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken.*\\n$`));
  });

  it("refuses to be open beyond this machine", async () => {
    const { code, stderr } = await shell.run("server", "start", "--host", "0.0.0.0", "--port", "0");
    expect(code).toBe(1);
    expect(stderr).toContain("SLUICE_SERVER_API_AUTH_STRING");
  });
});

describe("sluice server status", () => {
  it("gives up waiting when it was told to", async () => {
    const away = new Shell({ SLUICE_API_URL: `http://127.0.0.1:${await unusedPort()}/api` });
    expect((await away.run("server", "status", "--wait", "--timeout", "0.3")).code).toBe(1);
    away.remove();
  });
});

describe("without a server", () => {
  it("commands look into the database of the home folder", async () => {
    expect(await shell.read("flow-run", "ls")).toEqual([]);
    expect(existsSync(join(shell.home, "sluice.db"))).toBe(true);
  });
});
