import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Shell, unusedPort } from "./run-sluice.ts";

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => shell.remove());

const URL_SETTING = "SLUICE_API_URL=http://127.0.0.1:4711/api";

describe("sluice config", () => {
  it("keeps what was set in the active profile, and shows where it comes from", async () => {
    const { code, stderr } = await shell.run("config", "set", URL_SETTING, "SLUICE_LOGGING_LEVEL=DEBUG");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "Set SLUICE_API_URL in profile default.\nSet SLUICE_LOGGING_LEVEL in profile default.\n",
    });
    expect(await shell.read("config", "view")).toEqual({
      profile: "default",
      home: shell.home,
      settings: [
        expect.objectContaining({
          name: "SLUICE_API_URL",
          value: "http://127.0.0.1:4711/api",
          source: "profile",
        }),
        expect.objectContaining({ name: "SLUICE_LOGGING_LEVEL", value: "DEBUG", source: "profile" }),
      ],
    });
    const { stdout } = await shell.run("config", "view");
    expect(stdout).toMatch(/SLUICE_API_URL +http:\/\/127\.0\.0\.1:4711\/api +profile/);
  });

  it("changes nothing when one of the values is bad", async () => {
    const { code, stderr } = await shell.run("config", "set", URL_SETTING, "SLUICE_CLIENT_MAX_RETRIES=many");
    expect(code).toBe(1);
    expect(stderr).toContain("SLUICE_CLIENT_MAX_RETRIES");
    expect(await shell.read("config", "view")).toMatchObject({ settings: [] });
  });

  it.each([
    ["SLUICE_BOGUS=1", "There is no setting SLUICE_BOGUS."],
    ["SLUICE_SERVER_API_PORT=1", "SLUICE_SERVER_API_PORT is a setting of the server"],
    ["SLUICE_API_URL", '"SLUICE_API_URL" is not NAME=VALUE.'],
  ])("refuses %s", async (item, message) => {
    const { code, stderr } = await shell.run("config", "set", item);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it("says when a variable of the environment wins", async () => {
    const other = new Shell({ SLUICE_LOGGING_LEVEL: "ERROR" });
    const { stderr } = await other.run("config", "set", "SLUICE_LOGGING_LEVEL=DEBUG");
    expect(stderr).toContain("The environment variable SLUICE_LOGGING_LEVEL wins over it");
    other.remove();
  });

  it("hides secrets unless asked", async () => {
    await shell.run("config", "set", "SLUICE_API_KEY=hunter2");
    expect((await shell.run("config", "view")).stdout).not.toContain("hunter2");
    expect((await shell.run("config", "view", "--json")).stdout).not.toContain("hunter2");
    expect((await shell.run("profile", "inspect")).stdout).not.toContain("hunter2");
    expect((await shell.run("config", "view", "--show-secrets")).stdout).toContain("hunter2");
  });

  it("takes settings back", async () => {
    await shell.run("config", "set", URL_SETTING);
    expect((await shell.run("config", "unset", "SLUICE_API_URL", "--yes")).code).toBe(0);
    expect(await shell.read("config", "view")).toMatchObject({ settings: [] });
    const again = await shell.run("config", "unset", "SLUICE_API_URL");
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("Profile default does not set SLUICE_API_URL.");
  });

  it("shows defaults on request", async () => {
    const { settings } = (await shell.read("config", "view", "--show-defaults")) as { settings: unknown[] };
    expect(settings).toContainEqual(
      expect.objectContaining({ name: "SLUICE_CLIENT_MAX_RETRIES", value: 5, source: "default" }),
    );
  });
});

describe("sluice profile", () => {
  it("makes, copies, uses, renames and deletes profiles", async () => {
    await shell.run("config", "set", URL_SETTING);
    expect((await shell.run("profile", "create", "staging", "--from", "default")).code).toBe(0);
    expect((await shell.run("profile", "use", "staging")).code).toBe(0);
    expect(await shell.read("profile", "ls")).toEqual([
      { name: "default", active: false },
      { name: "staging", active: true },
    ]);
    await shell.run("config", "set", "SLUICE_LOGGING_LEVEL=DEBUG");
    await shell.run("profile", "rename", "staging", "production");
    expect(await shell.read("profile", "inspect")).toEqual({
      name: "production",
      settings: { SLUICE_API_URL: "http://127.0.0.1:4711/api", SLUICE_LOGGING_LEVEL: "DEBUG" },
    });
    await shell.run("profile", "use", "default");
    expect((await shell.run("profile", "delete", "production", "-y")).code).toBe(0);
    expect(await shell.read("profile", "ls")).toEqual([{ name: "default", active: true }]);
  });

  it("counts for one command with --profile", async () => {
    await shell.run("profile", "create", "other");
    await shell.run("--profile", "other", "config", "set", "SLUICE_LOGGING_LEVEL=ERROR");
    expect(await shell.read("-p", "other", "config", "view")).toMatchObject({
      profile: "other",
      settings: [{ name: "SLUICE_LOGGING_LEVEL", value: "ERROR" }],
    });
    expect(await shell.read("config", "view")).toMatchObject({ profile: "default", settings: [] });
  });

  it.each([
    [["use", "nowhere"], 'There is no profile "nowhere".'],
    [["inspect", "nowhere"], 'There is no profile "nowhere".'],
    [["create", "a", "--from", "nowhere"], 'There is no profile "nowhere".'],
    [["create", "default"], 'There is a profile "default" already.'],
    [["create", "a b"], `"a b" can't be a profile's name.`],
    [["rename", "default", "default"], 'There is a profile "default" already.'],
    [["delete", "default"], "Profile default is active."],
    [["inspect", "constructor"], 'There is no profile "constructor".'],
  ])("%j says why not", async (args, message) => {
    const { code, stderr } = await shell.run("profile", ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: ${message}`);
  });

  it("says whether the server of the profile answers", async () => {
    const apiUrl = `http://127.0.0.1:${await unusedPort()}/api`;
    await shell.run("profile", "create", "away");
    await shell.run("-p", "away", "config", "set", `SLUICE_API_URL=${apiUrl}`);
    const { code, stderr } = await shell.run("profile", "use", "away");
    expect(code).toBe(0);
    expect(stderr).toContain(`No server answers at ${apiUrl}: `);
  });

  it("keeps keys from other people's eyes", async () => {
    await shell.run("config", "set", "SLUICE_API_KEY=hunter2");
    const path = join(shell.home, "profiles.toml");
    expect(readFileSync(path, "utf8")).toContain("hunter2");
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it("names a profiles file that can't be read", async () => {
    writeFileSync(join(shell.home, "profiles.toml"), "active = [");
    const { code, stderr } = await shell.run("profile", "ls");
    expect(code).toBe(1);
    expect(stderr).toContain("profiles.toml is not valid TOML");
  });
});
