import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IN_MEMORY, openSqliteStore } from "../store-sqlite/sqlite-store.ts";
import { type EncryptionSettings, secretBoxOpener } from "./encryption-key.ts";

let home: string;
let store: Awaited<ReturnType<typeof openSqliteStore>>;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "sluice-key-"));
  store = await openSqliteStore({ path: IN_MEMORY });
});
afterEach(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

const file = () => path.join(home, "encryption.key");

function opener(changes: Partial<EncryptionSettings> = {}) {
  return secretBoxOpener(store, { encryptionKey: null, home, database: "sqlite:any", ...changes });
}

describe("the key beside an SQLite database", () => {
  it("is made once, also by several processes at the same time, for its owner alone", async () => {
    const boxes = await Promise.all(Array.from({ length: 8 }, () => opener()()));
    const sealed = boxes.map((box) => box.seal("text", "a"));
    for (const box of boxes) expect(sealed.map((text) => box.open(text, "a"))).toEqual(Array(8).fill("text"));
    expect(await readdir(home)).toEqual(["encryption.key"]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it("is not made before it is needed", async () => {
    opener();
    expect(await readdir(home)).toEqual([]);
  });

  it("is the file's, until there is none", async () => {
    const sealed = (await opener()()).seal("text", "a");
    expect((await opener()()).open(sealed, "a")).toBe("text");
    await rm(file());
    const other = await opener()();
    expect(() => other.open(sealed, "a")).toThrow(/another key/);
  });

  it("is never made anew over a file that is empty", async () => {
    await writeFile(file(), "\n");
    await expect(opener()()).rejects.toThrow(/encryption\.key is empty/);
    expect(await readFile(file(), "utf8")).toBe("\n");
  });

  it("is looked for again when it could not be had", async () => {
    const open = opener();
    await writeFile(file(), "");
    await expect(open()).rejects.toThrow(/is empty/);
    await rm(file());
    await expect(open()).resolves.toBeDefined();
  });
});

describe("the key of a database that machines share", () => {
  it("is kept there, the same for all of them", async () => {
    const database = "postgres://shared";
    const boxes = await Promise.all([opener({ database })(), opener({ database, home: "/nowhere" })()]);
    expect(boxes[1]?.open(boxes[0]?.seal("text", "a") ?? "", "a")).toBe("text");
    expect(await readdir(home)).toEqual([]);
  });
});

describe("a key that is set", () => {
  it("wins, and nothing is made", async () => {
    const encryptionKey = "a key of sixteen or more";
    const sealed = (await opener({ encryptionKey })()).seal("text", "a");
    const other = await opener({ encryptionKey, database: "postgres://shared" })();
    expect(other.open(sealed, "a")).toBe("text");
    expect(await readdir(home)).toEqual([]);
  });
});
