import { describe, expect, it } from "vitest";
import { judgeApiVersion, knowsResultStorageOfPools, parseClientVersion } from "./client-versions.ts";

describe("the stated API version", () => {
  it("counts as the latest when there is none", () => {
    expect(judgeApiVersion(undefined)).toEqual({ accepted: true, version: null });
  });

  it("is accepted from the minimum on", () => {
    expect(judgeApiVersion("0.8.0")).toEqual({ accepted: true, version: [0, 8, 0] });
    expect(judgeApiVersion("0.10.0")).toMatchObject({ accepted: true });
  });

  it("is refused below the minimum, in the words that clients print", () => {
    expect(judgeApiVersion("0.7.99")).toEqual({
      accepted: false,
      reason: "The request specified API version 0.7.99 but this server requires version 0.8.0 or higher.",
    });
  });

  it.each(["abc", "1.2", "1.2.3.4", "1.2.x"])("is refused when it is no version: %s", (header) => {
    expect(judgeApiVersion(header)).toMatchObject({
      accepted: false,
      reason: `Invalid X-PREFECT-API-VERSION header format.Expected header in format 'x.y.z' but received ${header}`,
    });
  });
});

describe("the client's version", () => {
  it.each([
    ["prefect/3.8.8 (API 0.8.4)", "3.8.8"],
    ["prefect/3.0.0rc20 (API 0.8.4)", "3.0.0rc20"],
    ["prefect/3.8.9.dev1 (API 0.8.4)", "3.8.9.dev1"],
    ["prefect/3.8.8+12.gabc (API 0.8.4)", "3.8.8+12.gabc"],
  ])("is read from %s", (userAgent, version) => {
    expect(parseClientVersion(userAgent)).toBe(version);
  });

  it.each([
    undefined,
    "",
    "curl/8.0",
    "prefect/3.8.8",
    "Prefect/3.8.8 (API 0.8.4)",
    "prefect/3.8 (API 0.8.4)",
  ])("is unknown for %s", (userAgent) => {
    expect(parseClientVersion(userAgent)).toBeNull();
  });
});

it.each([
  [null, true],
  ["3.3.7", false],
  ["3.0.0rc20", false],
  ["3.3.8", true],
  ["3.10.0", true],
])("a client of version %s knows the result storage of pools: %s", (version, knows) => {
  expect(knowsResultStorageOfPools(version)).toBe(knows);
});
