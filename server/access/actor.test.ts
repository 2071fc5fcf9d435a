import { describe, expect, it } from "vitest";
import { ANONYMOUS, actorOf } from "./actor.ts";
import { basicCredentials, isOpenPath } from "./basic-credentials.ts";

const ID = "0198c0de-0000-7000-8000-000000000001";

describe("the actor of a request", () => {
  it("is the automation that a pair of headers names", () => {
    const name = Buffer.from("Näme ☃").toString("base64");
    expect(actorOf(ID.toUpperCase(), name)).toEqual({ id: ID, type: "AUTOMATION", display_value: "Näme ☃" });
  });

  it.each([
    [undefined, "bmFtZQ=="],
    [ID, undefined],
    [ID, "not base64!"],
    [ID, Buffer.from([0xff, 0xfe]).toString("base64")],
    ["no-uuid", "bmFtZQ=="],
  ])("is nobody for the headers %s and %s", (id, name) => {
    expect(actorOf(id, name)).toBe(ANONYMOUS);
  });
});

describe("Basic credentials", () => {
  it("are decoded as UTF-8", () => {
    const encoded = Buffer.from("admin:pässword").toString("base64");
    expect(basicCredentials(`Basic ${encoded}`)).toBe("admin:pässword");
  });

  it.each([undefined, "", "Bearer abc", "Basic", "Basic a b", "Basic %%%"])(
    "are absent from %s",
    (header) => {
      expect(basicCredentials(header)).toBeNull();
    },
  );

  it("are not asked for by probes, and by nothing else", () => {
    expect(isOpenPath("GET", "/health")).toBe(true);
    expect(isOpenPath("GET", "/ready")).toBe(true);
    expect(isOpenPath("POST", "/health")).toBe(false);
    expect(isOpenPath("GET", "/variables/name/health")).toBe(false);
  });
});
