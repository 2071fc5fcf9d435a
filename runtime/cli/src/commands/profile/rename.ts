/** `sluice profile rename`. */
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { loadProfiles, requireFreeName, requireProfile, saveProfiles } from "./profile-store.ts";

export function renameCommand(context: Context): Command {
  return new Command("rename")
    .description("Give a profile another name")
    .argument("<name>", "name of the profile")
    .argument("<new-name>", "its new name")
    .action((name: string, newName: string) => {
      const { active, profiles } = loadProfiles(context);
      const settings = requireProfile({ active, profiles }, name);
      requireFreeName({ active, profiles }, newName);
      const { [name]: _, ...others } = profiles;
      saveProfiles(context, {
        active: active === name ? newName : active,
        profiles: { ...others, [newName]: settings },
      });
      context.say(`Profile ${name} is called ${newName} now.`);
    });
}
