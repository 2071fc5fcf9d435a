/** Opens the database that a URL names. An adapter is loaded only when it is the one. */
import type { Store } from "../store/store.ts";

const SQLITE = "sqlite:";

/** The database can't be used, with its name and the reason. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
}

/**
 * `sqlite:PATH` (the file and its folder are made when missing) or `postgres://…`; migrates to the newest schema.
 * @throws DatabaseError
 */
export async function openStore(url: string): Promise<Store> {
  try {
    return await open(url);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseError(`The database ${shownDatabase(url)} can't be opened: ${reason}`, { cause });
  }
}

async function open(url: string): Promise<Store> {
  if (url.startsWith(SQLITE)) {
    const { openSqliteStore } = await import("../store-sqlite/sqlite-store.ts");
    return await openSqliteStore({ path: url.slice(SQLITE.length) });
  }
  const { openPostgresStore } = await import("../store-postgres/postgres-store.ts");
  return await openPostgresStore({ url });
}

/** The URL as it may be shown: without password. */
export function shownDatabase(url: string): string {
  if (url.startsWith(SQLITE) || !URL.canParse(url)) return url.replace(/:\/\/.*@/s, "://…@");
  const parsed = new URL(url);
  if (parsed.password !== "") parsed.password = "********";
  return parsed.toString();
}
