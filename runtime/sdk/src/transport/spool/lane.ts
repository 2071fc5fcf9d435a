/**
 * A lane: the folder in which one process keeps what a server hasn't taken yet. The owner holds a lock on its lane for
 * as long as it lives; the operating system lets go of it however the process ends. A lane whose lock is free is
 * therefore left over, and whoever takes the lock may send what is in it.
 *
 * The lock is SQLite's exclusive lock on a file of its own: Node has no file locks, and process ids mean nothing
 * across containers that share a home folder.
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

const LOCK_FILE = "lock.sqlite";

export interface Lane {
  readonly folder: string;
  /** Lets go of the lock. An empty lane is removed. */
  release(): void;
}

/** The folder of all lanes for one server. */
export function spoolFolder(home: string, apiUrl: string): string {
  return join(home, "spool", createHash("sha256").update(apiUrl).digest("hex").slice(0, 16));
}

/** Makes a lane for this process. */
export function createLane(spool: string): Lane {
  // Somebody looking for leftovers may get hold of a lane before its maker has locked it: then another one is made.
  for (let tries = 0; tries < 5; tries += 1) {
    // Names sort by age, so that leftovers are sent oldest first.
    const folder = join(spool, `${Date.now().toString().padStart(14, "0")}-${randomUUID().slice(0, 8)}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lane = lockLane(folder, "rwc");
    if (lane) return lane;
  }
  throw new Error(`No folder in ${spool} can be locked.`);
}

/** The lanes whose owners are gone, locked for the caller, oldest first; one at a time. */
export function* leftoverLanes(spool: string): Generator<Lane> {
  for (const name of listFolder(spool).sort()) {
    const lane = lockLane(join(spool, name), "rw");
    if (lane) yield lane;
  }
}

/** @param mode `rwc` makes the lock file if there is none */
function lockLane(folder: string, mode: "rw" | "rwc"): Lane | null {
  let database: DatabaseSync | null = null;
  try {
    const lockFile = pathToFileURL(join(folder, LOCK_FILE));
    lockFile.searchParams.set("mode", mode);
    database = new DatabaseSync(lockFile, { timeout: 0 });
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    // The lane may have been removed between the opening of the file and the lock on it.
    if (!existsSync(join(folder, LOCK_FILE))) throw new Error("gone");
  } catch {
    database?.close();
    return null;
  }
  const held = database;
  return {
    folder,
    release() {
      if (!held.isOpen) return;
      // Removed under the lock, so that nobody has begun to use the folder.
      if (listFolder(folder).every((name) => name.startsWith(LOCK_FILE))) removeLane(folder);
      held.close();
    },
  };
}

function removeLane(folder: string): void {
  try {
    for (const name of listFolder(folder)) rmSync(join(folder, name), { force: true });
    rmdirSync(folder);
  } catch {
    // Somebody looks into it, or the disk is read-only: an empty lane does no harm, and the next to find it tries again.
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
