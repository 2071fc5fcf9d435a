import { describe, expect, it } from "vitest";
import { isHostAllowed, isOriginAllowed, listenRefusal, type NetworkRules } from "./network-rules.ts";

const local: NetworkRules = { listenHost: "127.0.0.1", allowedHosts: [], allowedOrigins: [] };
const open: NetworkRules = { ...local, listenHost: "0.0.0.0" };

describe("the Host header", () => {
  it.each(["127.0.0.1:4200", "localhost:4200", "LOCALHOST", "[::1]:4200", "app.localhost:4200", "127.1.2.3"])(
    "lets %s reach a server on loopback",
    (host) => {
      expect(isHostAllowed(host, local)).toBe(true);
    },
  );

  it.each([
    "attacker.example",
    "attacker.example:4200",
    "127.0.0.1.attacker.example",
    "localhost.attacker.example",
  ])("keeps %s, which may point anywhere, from a server on loopback", (host) => {
    expect(isHostAllowed(host, local)).toBe(false);
  });

  it("lets names through that were listed, and any behind *", () => {
    expect(isHostAllowed("sluice.internal:80", { ...local, allowedHosts: ["sluice.internal"] })).toBe(true);
    expect(isHostAllowed("other.internal", { ...local, allowedHosts: ["sluice.internal"] })).toBe(false);
    expect(isHostAllowed("other.internal", { ...local, allowedHosts: ["*"] })).toBe(true);
  });

  it("is not checked beyond loopback, unless a list was given", () => {
    expect(isHostAllowed("sluice.example", open)).toBe(true);
    expect(isHostAllowed("sluice.example", { ...open, allowedHosts: ["a.example"] })).toBe(false);
    expect(isHostAllowed("127.0.0.1:4200", { ...open, allowedHosts: ["a.example"] })).toBe(true);
  });
});

describe("the Origin header", () => {
  it("is not sent by clients that are no browsers", () => {
    expect(isOriginAllowed(undefined, "127.0.0.1:4200", local)).toBe(true);
  });

  it("lets the server's own pages in", () => {
    expect(isOriginAllowed("http://127.0.0.1:4200", "127.0.0.1:4200", local)).toBe(true);
  });

  it.each([
    "http://attacker.example",
    "http://127.0.0.1:5173",
    "null",
    "http://127.0.0.1:4200.attacker.example",
  ])("keeps pages of %s out", (origin) => {
    expect(isOriginAllowed(origin, "127.0.0.1:4200", local)).toBe(false);
  });

  it("lets listed origins in", () => {
    const rules = { ...local, allowedOrigins: ["http://localhost:5173"] };
    expect(isOriginAllowed("http://localhost:5173", "127.0.0.1:4200", rules)).toBe(true);
    expect(isOriginAllowed("http://localhost:5174", "127.0.0.1:4200", rules)).toBe(false);
  });
});

describe("listening", () => {
  it("needs nothing on loopback", () => {
    expect(listenRefusal("localhost", false, false)).toBeNull();
  });

  it("elsewhere needs an auth string or a clear word", () => {
    expect(listenRefusal("0.0.0.0", false, false)).toMatch(/SLUICE_SERVER_API_AUTH_STRING.*--insecure/);
    expect(listenRefusal("0.0.0.0", true, false)).toBeNull();
    expect(listenRefusal("0.0.0.0", false, true)).toBeNull();
  });
});
