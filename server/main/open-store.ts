/** Opens the database that a URL names. An adapter is loaded only when it is the one. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Store } from "../store/store.ts";

const SQLITE = "sqlite:";

/** `sqlite:PATH` (the folder is made when missing) or `postgres://…`; migrates to the newest schema. */
export async function openStore(url: string): Promise<Store> {
  if (url.startsWith(SQLITE)) {
    const file = url.slice(SQLITE.length);
    if (file !== ":memory:") await mkdir(path.dirname(path.resolve(file)), { recursive: true });
    const { openSqliteStore } = await import("../store-sqlite/sqlite-store.ts");
    return await openSqliteStore({ path: file });
  }
  const { openPostgresStore } = await import("../store-postgres/postgres-store.ts");
  return await openPostgresStore({ url });
}

/** The URL as it may be shown: without password. */
export function shownDatabase(url: string): string {
  if (url.startsWith(SQLITE)) return url;
  const parsed = new URL(url);
  if (parsed.password !== "") parsed.password = "********";
  return parsed.toString();
}
