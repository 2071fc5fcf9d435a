/** `sluice profile delete`. */
import { Command } from "commander";
import { CommandError } from "../../command-error.ts";
import { confirm } from "../../confirm.ts";
import type { Context } from "../../context.ts";
import { yesOption } from "../../options.ts";
import { currentProfile, loadProfiles, requireProfile, saveProfiles } from "./profile-store.ts";

export function deleteCommand(context: Context): Command {
  return new Command("delete")
    .description("Delete a profile")
    .argument("<name>", "name of the profile")
    .addOption(yesOption())
    .action(async (name: string, options: { yes?: boolean }) => {
      const profiles = loadProfiles(context);
      requireProfile(profiles, name);
      if (name === currentProfile(context, profiles)) {
        throw new CommandError(`Profile ${name} is active.`, "Use another first: sluice profile use <name>");
      }
      await confirm(context, `Delete profile ${name}?`, options);
      const { [name]: _, ...others } = profiles.profiles;
      saveProfiles(context, { ...profiles, profiles: others });
      context.say(`Deleted profile ${name}.`);
    });
}
