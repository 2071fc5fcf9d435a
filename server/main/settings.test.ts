import { describe, expect, it } from "vitest";
import { readSettings, SettingsError } from "./settings.ts";

describe("server settings", () => {
  it("keep everything in the home folder, on loopback, when nothing is set", () => {
    const settings = readSettings({ SLUICE_HOME: "/data/sluice" });
    expect(settings).toMatchObject({
      home: "/data/sluice",
      database: "sqlite:/data/sluice/sluice.db",
      host: "127.0.0.1",
      port: 4200,
      authString: null,
    });
  });

  it("let options win over variables, and treat an empty variable as not set", () => {
    const environment = { SLUICE_SERVER_API_PORT: "5000", SLUICE_SERVER_API_HOST: "" };
    expect(readSettings(environment, { port: 6000 })).toMatchObject({ port: 6000, host: "127.0.0.1" });
  });

  it("read lists, flags and Python's names of log levels", () => {
    const settings = readSettings({
      SLUICE_SERVER_ALLOWED_HOSTS: "a.example, b.example,",
      SLUICE_SERVER_CSRF_PROTECTION_ENABLED: "True",
      SLUICE_LOGGING_LEVEL: "WARNING",
    });
    expect(settings).toMatchObject({
      allowedHosts: ["a.example", "b.example"],
      csrfProtection: true,
      logLevel: "warn",
    });
  });

  it("name every variable that can't be used, at once", () => {
    const environment = { SLUICE_SERVER_API_PORT: "eighty", SLUICE_SERVER_CSRF_PROTECTION_ENABLED: "maybe" };
    expect(() => readSettings(environment)).toThrow(SettingsError);
    expect(() => readSettings(environment)).toThrow(
      /SLUICE_SERVER_API_PORT: "eighty"[^]*SLUICE_SERVER_CSRF_PROTECTION_ENABLED: "maybe"/,
    );
  });

  it("don't repeat a database URL, which may hold a password", () => {
    const environment = { SLUICE_SERVER_DATABASE: "mysql://root:hunter2@db" };
    expect(() => readSettings(environment)).toThrow(/SLUICE_SERVER_DATABASE: its value can't be used/);
    expect(() => readSettings(environment)).not.toThrow(/hunter2/);
  });
});
