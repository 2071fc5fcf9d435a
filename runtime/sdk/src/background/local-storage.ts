/**
 * Files that processes on this machine share: `$SLUICE_HOME/storage`. A file is there whole or not at all.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newRandomId } from "@sluice/schemas";
import { sdkSettings } from "../sdk-settings.ts";

/** `parameters/<id>` or `results/<id>`. */
const KEY = /^(?:parameters|results)\/[\da-f-]{36}$/;

export async function writeStored(key: string, text: string): Promise<void> {
  const path = pathOf(key);
  const draft = `${path}.${newRandomId()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** @throws the system's error, also when there is no such file */
export function readStored(key: string): Promise<string> {
  return readFile(pathOf(key), "utf8");
}

/** Nothing happens when there is no such file. */
export function removeStored(key: string): Promise<void> {
  return rm(pathOf(key), { force: true });
}

export function pathOf(key: string): string {
  // Keys come back from a server, and must not lead anywhere else.
  if (!KEY.test(key)) throw new Error(`"${key}" is not the key of a stored value.`);
  return join(sdkSettings().home, "storage", key);
}
