import { eventFilter, parseTimestamp, type Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { decodePageToken, encodePageToken } from "./page-token.ts";

const FILTER = {
  ...eventFilter.parse({ event: { prefix: ["prefect."] }, related: [{ role: ["tag"] }] }),
  occurred: {
    since: parseTimestamp("2026-11-22T07:33:31.426407Z") as Timestamp,
    until: parseTimestamp("2026-11-23T00:00:00Z") as Timestamp,
  },
};

describe("page tokens", () => {
  it("bring the query back as it was, moments to the microsecond", () => {
    const decoded = decodePageToken(encodePageToken({ filter: FILTER, total: 120, limit: 50, offset: 50 }));
    expect(decoded).toEqual({ filter: FILTER, total: 120, limit: 50, offset: 50 });
  });

  it.each([
    ["no base64", "%%%"],
    ["no JSON", Buffer.from("hello").toString("base64url")],
    ["another shape", Buffer.from('{"filter":{}}').toString("base64url")],
    ["an unknown criterion", token({ filter: { color: "red" } })],
    ["a page beyond the bound", token({ limit: 5000 })],
    ["a negative offset", token({ offset: -1 })],
  ])("are refused with %s", (_, text) => {
    expect(decodePageToken(text)).toBeNull();
  });
});

function token(change: object): string {
  const good = { filter: {}, total: 120, limit: 50, offset: 50 };
  return Buffer.from(JSON.stringify({ ...good, ...change })).toString("base64url");
}
