/** The profiles file, as the profile commands change it. */
import {
  DEFAULT_PROFILE,
  type Profiles,
  readProfiles,
  sluiceHome,
  writeProfiles,
} from "@sluice/sdk/settings";
import { CommandError } from "../../command-error.ts";
import type { Context } from "../../context.ts";

type ProfileTable = Readonly<Record<string, string>>;

/** All profiles by name; the default one is there even when nothing was ever saved. */
export function loadProfiles(context: Context): Profiles {
  const { active, profiles } = readProfiles(sluiceHome(context.env));
  return { active, profiles: { [DEFAULT_PROFILE]: {}, ...profiles } };
}

export function saveProfiles(context: Context, profiles: Profiles): void {
  writeProfiles(sluiceHome(context.env), profiles);
}

/** The profile that counts for this command. */
export function currentProfile(context: Context, { active }: Profiles): string {
  return context.globals.profile ?? (context.env["SLUICE_PROFILE"] || active);
}

/** @throws CommandError when there is no such profile */
export function requireProfile({ profiles }: Profiles, name: string): ProfileTable {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile) return profile;
  throw new CommandError(
    `There is no profile "${name}".`,
    `Profiles: ${Object.keys(profiles).join(", ")}. Make it with: sluice profile create ${name}`,
  );
}

/** @throws CommandError when the name is taken or can't be one */
export function requireFreeName({ profiles }: Profiles, name: string): void {
  if (!/^[\w.-]+$/.test(name)) {
    throw new CommandError(
      `"${name}" can't be a profile's name.`,
      "Use letters, digits, dots, dashes and underscores.",
    );
  }
  if (Object.hasOwn(profiles, name)) throw new CommandError(`There is a profile "${name}" already.`);
}
