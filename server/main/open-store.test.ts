import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { DatabaseError, openStore, shownDatabase } from "./open-store.ts";

describe("a database that can't be opened", () => {
  it("is named together with the reason", async () => {
    const opening = openStore(`sqlite:${tmpdir()}`);
    await expect(opening).rejects.toThrow(DatabaseError);
    await expect(opening).rejects.toThrow(
      `The database sqlite:${tmpdir()} can't be opened: unable to open database file`,
    );
  });

  it("keeps its password to itself", async () => {
    await expect(openStore("postgres://me:hunter2@127.0.0.1:1/name")).rejects.toThrow(
      /^The database postgres:\/\/me:\*{8}@127\.0\.0\.1:1\/name can't be opened: /,
    );
  });
});

it.each([
  ["sqlite:/data/sluice.db", "sqlite:/data/sluice.db"],
  ["postgres://me@host/name", "postgres://me@host/name"],
  ["postgres://me:hunter2@host/name", "postgres://me:********@host/name"],
  ["postgres://me:hunter2@[bad/name", "postgres://…@[bad/name"],
])("%s is shown as %s", (url, shown) => {
  expect(shownDatabase(url)).toBe(shown);
});
