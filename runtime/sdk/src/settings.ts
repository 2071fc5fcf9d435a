/** Settings of the SDK and the CLI: names, values, sources, profiles. */
export { SETTING_DEFINITIONS, type SettingDefinition, type SettingValues } from "./settings/definitions.ts";
export {
  DEFAULT_PROFILE,
  type Profiles,
  profilesPath,
  readProfiles,
  sluiceHome,
  writeProfiles,
} from "./settings/profiles.ts";
export {
  describeSettings,
  findSetting,
  parseSettingValue,
  type ResolvedSetting,
  resolveSettings,
  type Settings,
  type SettingSource,
  type SettingsSources,
} from "./settings/resolve.ts";
export { SettingsError } from "./settings/settings-error.ts";
