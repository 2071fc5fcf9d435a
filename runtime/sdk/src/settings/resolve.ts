/**
 * Where each setting's value comes from. The first of these that has it wins:
 *
 * 1. the environment variable (`SLUICE_API_URL`)
 * 2. `sluice.toml` in the working folder (`[api]`, `url = …`)
 * 3. the active profile (`SLUICE_PROFILE`, else `active` in `$SLUICE_HOME/profiles.toml`)
 * 4. Prefect's variable of the same meaning (`PREFECT_API_URL`), where there is one
 * 5. the default
 *
 * An empty environment variable counts as unset.
 */
import { join } from "node:path";
import { SETTING_DEFINITIONS, type SettingDefinition, type SettingValues } from "./definitions.ts";
import { isTable, type Profiles, readProfiles, readTomlFile, sluiceHome } from "./profiles.ts";
import { SettingsError } from "./settings-error.ts";

export interface Settings extends SettingValues {
  /** Folder of everything Sluice keeps on this machine. */
  readonly home: string;
  /** The active profile. */
  readonly profile: string;
}

export interface SettingsSources {
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Folder whose `sluice.toml` counts. Default: the working folder. */
  readonly workingFolder?: string;
  /** Profile that counts instead of the active one. */
  readonly profile?: string;
}

export type SettingSource = "environment" | "sluice.toml" | "profile" | "fallback variable" | "default";

/** One setting as `sluice config view` shows it. */
export interface ResolvedSetting {
  readonly name: string;
  readonly value: unknown;
  readonly source: SettingSource;
  readonly isSecret: boolean;
  readonly description: string;
}

/** @throws SettingsError for a value that can't be used and for unreadable files */
export function resolveSettings(sources: SettingsSources = {}): Settings {
  const context = readSources(sources);
  const values = Object.entries(SETTING_DEFINITIONS).map(([key, definition]) => [
    key,
    resolveOne<unknown>(definition, context).value,
  ]);
  return {
    ...(Object.fromEntries(values) as SettingValues), // each value was parsed by the kind its type is inferred from
    home: context.home,
    profile: context.profile,
  };
}

/** Every setting with its value and where that came from, in the order of the definitions. */
export function describeSettings(sources: SettingsSources = {}): ResolvedSetting[] {
  const context = readSources(sources);
  return Object.values(SETTING_DEFINITIONS).map((definition) => ({
    name: definition.name,
    ...resolveOne<unknown>(definition, context),
    isSecret: definition.kind.isSecret,
    description: definition.description,
  }));
}

/** The definition of a setting by its variable, or null when there is none of that name. */
export function findSetting(name: string): SettingDefinition<unknown> | null {
  const definitions: SettingDefinition<unknown>[] = Object.values(SETTING_DEFINITIONS);
  return definitions.find((definition) => definition.name === name.toUpperCase()) ?? null;
}

/** @throws SettingsError when `text` is no value for the setting */
export function parseSettingValue<Value>(
  definition: SettingDefinition<Value>,
  text: string,
  origin: string,
): Value {
  const value = definition.kind.parse(text);
  if (value !== undefined) return value;
  const shown = definition.kind.isSecret ? "its value" : JSON.stringify(text);
  throw new SettingsError(
    `${definition.name} (from ${origin}): ${shown} is not ${definition.kind.expected}.`,
  );
}

interface SourceContext {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly profile: string;
  readonly tomlValues: Readonly<Record<string, string>>;
  readonly profileValues: Readonly<Record<string, string>>;
}

function readSources(sources: SettingsSources): SourceContext {
  const env = sources.env ?? process.env;
  const home = sluiceHome(env);
  const profiles = readProfiles(home);
  const chosen = sources.profile ?? (env.SLUICE_PROFILE || undefined);
  const profile = chosen ?? profiles.active;
  const tomlPath = join(sources.workingFolder ?? process.cwd(), "sluice.toml");
  return {
    env,
    home,
    profile,
    tomlValues: flattenTables(readTomlFile(tomlPath) ?? {}, "SLUICE"),
    profileValues: profileValues(profiles, profile, chosen !== undefined),
  };
}

function profileValues(
  profiles: Profiles,
  name: string,
  isChosen: boolean,
): Readonly<Record<string, string>> {
  const values = profiles.profiles[name];
  if (values || !isChosen) return values ?? {};
  const known = Object.keys(profiles.profiles).join(", ") || "none";
  throw new SettingsError(
    `There is no profile "${name}". Profiles: ${known}. Make it with: sluice profile create ${name}`,
  );
}

function resolveOne<Value>(
  definition: SettingDefinition<Value>,
  context: SourceContext,
): { value: Value; source: SettingSource } {
  const { name, fallbackVariable } = definition;
  const candidates: [SettingSource, string, string | undefined][] = [
    ["environment", "the environment", context.env[name] || undefined],
    ["sluice.toml", "sluice.toml", context.tomlValues[name]],
    ["profile", `profile ${context.profile}`, context.profileValues[name]],
    [
      "fallback variable",
      fallbackVariable ?? "",
      fallbackVariable ? context.env[fallbackVariable] || undefined : undefined,
    ],
  ];
  for (const [source, origin, text] of candidates) {
    if (text !== undefined) return { value: parseSettingValue(definition, text, origin), source };
  }
  return { value: definition.default, source: "default" };
}

/** `{api: {url: "x"}}` becomes `{SLUICE_API_URL: "x"}`; lists are joined by commas. */
function flattenTables(table: Record<string, unknown>, prefix: string): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, value] of Object.entries(table)) {
    const name = `${prefix}_${key.toUpperCase()}`;
    if (isTable(value)) Object.assign(flat, flattenTables(value, name), { [name]: JSON.stringify(value) });
    else flat[name] = Array.isArray(value) ? value.join(",") : String(value);
  }
  return flat;
}
