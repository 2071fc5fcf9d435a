/**
 * Profiles: named sets of settings in `$SLUICE_HOME/profiles.toml`, one of them active.
 *
 * ```toml
 * active = "staging"
 *
 * [profiles.staging]
 * SLUICE_API_URL = "https://sluice.example.com/api"
 * ```
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "smol-toml";
import { SettingsError } from "./settings-error.ts";

/** The profile that counts when nobody has chosen one; it needn't exist. */
export const DEFAULT_PROFILE = "default";

export interface Profiles {
  readonly active: string;
  /** Settings by profile, then by name (`SLUICE_API_URL`), as text. */
  readonly profiles: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The folder of everything Sluice keeps on this machine: `SLUICE_HOME` or `~/.sluice`. */
export function sluiceHome(env: NodeJS.ProcessEnv = process.env): string {
  return env.SLUICE_HOME ? resolve(env.SLUICE_HOME) : join(homedir(), ".sluice");
}

export function profilesPath(home: string): string {
  return join(home, "profiles.toml");
}

/**
 * Reads the profiles; a missing file is no profiles.
 * @throws SettingsError when the file can't be read as profiles
 */
export function readProfiles(home: string): Profiles {
  const path = profilesPath(home);
  const document = readTomlFile(path);
  if (!document) return { active: DEFAULT_PROFILE, profiles: {} };
  const { active = DEFAULT_PROFILE, profiles = {} } = document;
  if (typeof active !== "string" || !isTable(profiles)) {
    throw new SettingsError(`${path}: expected \`active = "<name>"\` and tables [profiles.<name>].`);
  }
  return {
    active,
    profiles: Object.fromEntries(
      Object.entries(profiles).map(([name, table]) => [name, profileTable(path, name, table)]),
    ),
  };
}

/** Replaces the file in one step, readable by its owner only, since profiles may hold keys. */
export function writeProfiles(home: string, profiles: Profiles): void {
  mkdirSync(home, { recursive: true });
  const path = profilesPath(home);
  const unfinished = `${path}.${process.pid}.tmp`;
  writeFileSync(unfinished, stringify({ active: profiles.active, profiles: profiles.profiles }), {
    mode: 0o600,
  });
  renameSync(unfinished, path);
}

/** The parsed file, or null when there is none. @throws SettingsError when it isn't TOML */
export function readTomlFile(path: string): Record<string, unknown> | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null; // fs errors carry a code
    throw new SettingsError(`${path} can't be read: ${String(error)}`, { cause: error });
  }
  try {
    return parse(text);
  } catch (error) {
    throw new SettingsError(`${path} is not valid TOML: ${String(error)}`, { cause: error });
  }
}

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function profileTable(path: string, name: string, table: unknown): Record<string, string> {
  if (!isTable(table)) throw new SettingsError(`${path}: profiles.${name} should be a table.`);
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, String(value)]));
}
