/**
 * Applies numbered migrations, each in its own transaction, under a lock: several processes may start at once.
 *
 * Migration n brings a database of version n−1 to version n. They are SQL text in TypeScript modules, so that the
 * published package carries them.
 */
import { StoreVersionError } from "../store/errors.ts";

export interface Migration {
  /** What it does, in a few words, e.g. `initial`. */
  readonly name: string;
  /** One or more statements. */
  readonly sql: string;
}

/** What a database offers to the migrator; all calls go to one connection. */
export interface MigrationTarget {
  /** Runs `work` while no other process migrates. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** The names of applied migrations in order; empty for a fresh database. Creates the bookkeeping table. */
  applied(): Promise<string[]>;
  /** Runs the migration's statements and records it, all or nothing. */
  apply(version: number, migration: Migration): Promise<void>;
}

export interface MigrationReport {
  /** The version that the database had, 0 when it was empty. */
  readonly from: number;
  readonly to: number;
  /** Names of the migrations that were applied now. */
  readonly applied: readonly string[];
}

/** @throws StoreVersionError when the database is newer than the migrations known here */
export async function migrate(
  target: MigrationTarget,
  migrations: readonly Migration[],
): Promise<MigrationReport> {
  return target.exclusively(async () => {
    const done = await target.applied();
    refuseForeign(done, migrations);
    const pending = migrations.slice(done.length);
    for (const [index, migration] of pending.entries()) {
      await target.apply(done.length + index + 1, migration);
    }
    return {
      from: done.length,
      to: migrations.length,
      applied: pending.map((migration) => migration.name),
    };
  });
}

function refuseForeign(done: readonly string[], migrations: readonly Migration[]): void {
  if (done.length > migrations.length) {
    throw new StoreVersionError(
      `The database has version ${done.length}, this Sluice knows versions up to ${migrations.length}. ` +
        "It was used by a newer Sluice: install that version or a later one, or point --database at another database.",
    );
  }
  for (const [index, name] of done.entries()) {
    const expected = migrations[index]?.name;
    if (name !== expected) {
      throw new StoreVersionError(
        `Migration ${index + 1} of the database is "${name}", this Sluice has "${expected}" there. ` +
          "The database belongs to another line of development: point --database at another one.",
      );
    }
  }
}
