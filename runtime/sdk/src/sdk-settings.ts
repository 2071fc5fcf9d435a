/** The settings this process runs by: read once, when they are first needed. */
import { resolveSettings, type Settings } from "./settings.ts";

let settings: Settings | null = null;

export function sdkSettings(): Settings {
  settings ??= resolveSettings();
  return settings;
}

/** Reads the settings anew, after the environment or a profile changed. */
export function reloadSettings(): Settings {
  settings = null;
  return sdkSettings();
}
