/** `sluice profile create`. */
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { loadProfiles, requireFreeName, requireProfile, saveProfiles } from "./profile-store.ts";

export function createCommand(context: Context): Command {
  return new Command("create")
    .description("Make a profile")
    .argument("<name>", "name of the new profile")
    .option("--from <profile>", "start with the settings of this profile")
    .action((name: string, options: { from?: string }) => {
      const profiles = loadProfiles(context);
      requireFreeName(profiles, name);
      const settings = options.from === undefined ? {} : requireProfile(profiles, options.from);
      saveProfiles(context, { ...profiles, profiles: { ...profiles.profiles, [name]: settings } });
      context.say(`Made profile ${name}. Use it with: sluice profile use ${name}`);
    });
}
