import { API_VERSION, SLUICE_VERSION } from "@sluice/schemas";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Shell, unusedPort } from "./run-sluice.ts";

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => shell.remove());

describe("sluice version", () => {
  it("shows the versions of the contract", async () => {
    expect(await shell.read("version")).toMatchObject({
      version: SLUICE_VERSION,
      api_version: API_VERSION,
      node_version: process.versions.node,
      profile: "default",
      server_type: "embedded",
      api_url: null,
      home: shell.home,
    });
    const { code, stdout } = await shell.run("version");
    expect(code).toBe(0);
    expect(stdout).toContain(`Version         ${SLUICE_VERSION}`);
  });

  it("names the server of the settings", async () => {
    const remote = new Shell({ SLUICE_API_URL: "http://sluice.example/api" });
    expect(await remote.read("version")).toMatchObject({
      server_type: "remote",
      api_url: "http://sluice.example/api",
    });
    remote.remove();
  });

  it("prints only the version with --version", async () => {
    expect(await shell.run("--version")).toEqual({ code: 0, stdout: `${SLUICE_VERSION}\n`, stderr: "" });
  });

  it("starts within 150 ms", async () => {
    await shell.run("version"); // fills the compile cache
    // The fastest run is the command's own cost; the others tell what else the machine had to do.
    let fastest = Number.POSITIVE_INFINITY;
    for (let runs = 0; runs < 30 && fastest >= 150; runs += 1) {
      const started = performance.now();
      await shell.run("version");
      fastest = Math.min(fastest, performance.now() - started);
    }
    expect(fastest).toBeLessThan(150);
  });
});

describe("wrong use", () => {
  it.each([
    [["bogus"], "unknown command 'bogus'"],
    [["flow-run", "lst"], "Did you mean ls?"],
    [["flow-run", "ls", "--bogus"], "unknown option '--bogus'"],
    [["flow-run", "ls", "--limit", "0"], "It should be a whole number of at least 1."],
    [["flow-run", "ls", "--state-type", "DONE"], "It should be one of SCHEDULED, PENDING"],
    [["flow-run", "inspect"], "missing required argument 'id'"],
    [["flow-run", "inspect", "42"], "It should be an id, like"],
    [["flow-run", "logs", "0198f0b2-5c1e-7d3a-9a44-0c2f6b1d8e57", "--head", "--tail"], "cannot be used with"],
    [
      ["server", "start", "--log-level", "LOUD"],
      "It should be one of DEBUG, INFO, WARNING, ERROR, CRITICAL.",
    ],
    [["server", "start", "--port", "99999"], "It should be a port from 0 to 65535."],
  ])("%j ends with 2, says what is wrong and shows the usage", async (args, message) => {
    const { code, stderr, stdout } = await shell.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("Usage: sluice ");
  });

  it("shows the verbs when a noun stands alone", async () => {
    const { code, stderr } = await shell.run("profile");
    expect(code).toBe(2);
    expect(stderr).toMatch(/ls .*\n.*create .*\n.*use /s);
  });

  it("explains every noun and verb on request", async () => {
    for (const noun of ["server", "database", "flow-run", "flow", "config", "profile"]) {
      const { code, stderr, stdout } = await shell.run(noun, "--help");
      expect({ noun, code, stderr }).toEqual({ noun, code: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`^Usage: sluice ${noun}\\S* <verb> \\[options\\]`));
    }
  });

  it("takes a plural for a noun", async () => {
    expect((await shell.run("profiles", "ls")).stdout).toContain("* default");
  });
});

describe("a server that is away", () => {
  let apiUrl: string;
  beforeAll(async () => {
    apiUrl = `http://127.0.0.1:${await unusedPort()}/api`;
  });

  it("is told in a sentence with what to do, and without a stack", async () => {
    const away = new Shell({ SLUICE_API_URL: apiUrl });
    const { code, stderr, stdout } = await away.run("flow-run", "ls");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(apiUrl);
    expect(stderr).toContain("Start a server with: sluice server start");
    expect(stderr).not.toMatch(/^\s+at /m);
    away.remove();
  });

  it("makes `server status` end with 1", async () => {
    const away = new Shell({ SLUICE_API_URL: apiUrl });
    const { code, stdout } = await away.run("server", "status", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: "unreachable", api_url: apiUrl });
    away.remove();
  });
});

it("settings that can't be used are named, without a stack", async () => {
  const broken = new Shell({ SLUICE_CLIENT_MAX_RETRIES: "many" });
  const { code, stderr } = await broken.run("version");
  expect(code).toBe(1);
  expect(stderr).toContain('error: SLUICE_CLIENT_MAX_RETRIES (from the environment): "many"');
  broken.remove();
});
