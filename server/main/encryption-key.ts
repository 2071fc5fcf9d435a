/**
 * The key that secrets are encrypted with. The setting wins. Else one is made, once: on SQLite a file in the home folder
 * that its owner alone can read, apart from the database; on PostgreSQL, which several machines share, a row of the
 * configuration, the same for all of them.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { DEFAULT_WORKSPACE_ID } from "@sluice/schemas";
import { SecretBox } from "../commands/secret-box.ts";
import type { Store } from "../store/store.ts";
import { currentTimestamp } from "./clock.ts";
import type { ServerSettings } from "./settings.ts";

const FILE = "encryption.key";
const ROW = "encryption-key";
const KEY_BYTES = 32;

export type EncryptionSettings = Pick<ServerSettings, "encryptionKey" | "home" | "database">;

/** Looks for the key when it is first needed, and again when it could not be had. */
export function secretBoxOpener(store: Store, settings: EncryptionSettings): () => Promise<SecretBox> {
  let opened: Promise<SecretBox> | null = null;
  return () => {
    opened ??= findKey(store, settings).then(
      (key) => new SecretBox(key),
      (error: unknown) => {
        opened = null;
        throw error;
      },
    );
    return opened;
  };
}

async function findKey(store: Store, { encryptionKey, home, database }: EncryptionSettings): Promise<string> {
  if (encryptionKey !== null) return encryptionKey;
  return database.startsWith("sqlite:") ? await keyInFile(path.join(home, FILE)) : await keyInDatabase(store);
}

async function keyInFile(file: string): Promise<string> {
  const existing = await readKey(file);
  if (existing !== null) return existing;
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}-${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${newKey()}\n`, { mode: 0o600, flag: "wx" });
  try {
    // Either the whole file appears under its name, or another process was first.
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const key = await readKey(file);
  if (key === null)
    throw new Error(`The key file ${file} is empty. Restore it, or set SLUICE_SERVER_ENCRYPTION_KEY.`);
  return key;
}

async function readKey(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim() || null;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function keyInDatabase(store: Store): Promise<string> {
  const key = await store.transaction((tx) =>
    tx.configuration.putIfAbsent(DEFAULT_WORKSPACE_ID, ROW, newKey(), currentTimestamp()),
  );
  if (typeof key !== "string") throw new Error("The encryption key in the database is no text.");
  return key;
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
