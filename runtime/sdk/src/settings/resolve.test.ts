import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProfiles, writeProfiles } from "./profiles.ts";
import { describeSettings, resolveSettings } from "./resolve.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-settings-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function resolve(env: Record<string, string> = {}) {
  return resolveSettings({ env: { SLUICE_HOME: folder, ...env }, workingFolder: folder });
}

function useProfile(values: Record<string, string>) {
  writeProfiles(folder, { active: "staging", profiles: { staging: values } });
}

describe("the sources of a setting", () => {
  test("Prefect's variable counts when nothing else names the setting", () => {
    expect(resolve({ PREFECT_API_URL: "http://prefect:4200/api" }).apiUrl).toBe("http://prefect:4200/api");
  });

  test("the profile wins over Prefect's variable", () => {
    useProfile({ SLUICE_API_URL: "http://profile:4200/api" });
    expect(resolve({ PREFECT_API_URL: "http://prefect:4200/api" }).apiUrl).toBe("http://profile:4200/api");
  });

  test("sluice.toml wins over the profile", () => {
    useProfile({ SLUICE_API_URL: "http://profile:4200/api" });
    writeFileSync(join(folder, "sluice.toml"), '[api]\nurl = "http://toml:4200/api"\n');
    expect(resolve().apiUrl).toBe("http://toml:4200/api");
  });

  test("the environment wins over everything, unless the variable is empty", () => {
    writeFileSync(join(folder, "sluice.toml"), '[api]\nurl = "http://toml:4200/api"\n');
    expect(resolve({ SLUICE_API_URL: "http://env:4200/api" }).apiUrl).toBe("http://env:4200/api");
    expect(resolve({ SLUICE_API_URL: "" }).apiUrl).toBe("http://toml:4200/api");
  });

  test("each value is reported with the place it came from", () => {
    useProfile({ SLUICE_CLIENT_MAX_RETRIES: "2" });
    const settings = describeSettings({ env: { SLUICE_HOME: folder }, workingFolder: folder });
    expect(settings).toContainEqual(
      expect.objectContaining({ name: "SLUICE_CLIENT_MAX_RETRIES", value: 2, source: "profile" }),
    );
    expect(settings).toContainEqual(
      expect.objectContaining({ name: "SLUICE_API_KEY", value: null, source: "default", isSecret: true }),
    );
  });
});

describe("the values of settings", () => {
  test("a URL loses its trailing slashes", () => {
    expect(resolve({ SLUICE_API_URL: "http://127.0.0.1:4200/api//" }).apiUrl).toBe(
      "http://127.0.0.1:4200/api",
    );
  });

  test("lists and tables of sluice.toml are read as the variables are", () => {
    writeFileSync(
      join(folder, "sluice.toml"),
      '[client]\nretry_extra_codes = [404, 500]\nmax_retries = 1\n\n[client.custom_headers]\nX-Team = "data"\n',
    );
    expect(resolve()).toMatchObject({
      clientRetryExtraCodes: [404, 500],
      clientMaxRetries: 1,
      clientCustomHeaders: { "X-Team": "data" },
    });
  });

  test("a bad value is refused with the setting, its source and what was expected", () => {
    expect(() => resolve({ SLUICE_CLIENT_MAX_RETRIES: "many" })).toThrow(
      'SLUICE_CLIENT_MAX_RETRIES (from the environment): "many" is not a whole number of 0 or more.',
    );
  });

  test("a profile that doesn't exist is refused only when somebody chose it", () => {
    expect(resolve().profile).toBe("default");
    expect(() => resolve({ SLUICE_PROFILE: "nowhere" })).toThrow('There is no profile "nowhere"');
  });

  test("a broken file is named", () => {
    writeFileSync(join(folder, "sluice.toml"), "[api\n");
    expect(() => resolve()).toThrow(/sluice\.toml is not valid TOML/);
  });
});

test("profiles survive writing and reading", () => {
  const profiles = { active: "a", profiles: { a: { SLUICE_API_KEY: 'q"uote' }, "b c": {} } };
  writeProfiles(folder, profiles);
  expect(readProfiles(folder)).toEqual(profiles);
});
