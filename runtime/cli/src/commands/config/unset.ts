/** `sluice config unset`: takes settings out of the active profile, so that they have their defaults again. */
import { readProfiles, sluiceHome, writeProfiles } from "@sluice/sdk/settings";
import { Command } from "commander";
import { CommandError } from "../../command-error.ts";
import { confirm } from "../../confirm.ts";
import type { Context } from "../../context.ts";
import { yesOption } from "../../options.ts";
import { knownSetting } from "./set.ts";

export function unsetCommand(context: Context): Command {
  return new Command("unset")
    .description("Take settings out of the active profile")
    .argument("<names...>", "names of settings, like SLUICE_API_URL")
    .addOption(yesOption())
    .action(async (names: string[], options: { yes?: boolean }) => {
      const { profile } = await context.settings();
      const home = sluiceHome(context.env);
      const profiles = readProfiles(home);
      const values = { ...profiles.profiles[profile] };
      const settings = names.map((name) => knownSetting(name).name);
      const missing = settings.filter((name) => !(name in values));
      if (missing.length > 0)
        throw new CommandError(`Profile ${profile} does not set ${missing.join(", ")}.`);
      await confirm(context, `Take ${settings.join(", ")} out of profile ${profile}?`, options);
      for (const name of settings) delete values[name];
      writeProfiles(home, { ...profiles, profiles: { ...profiles.profiles, [profile]: values } });
      for (const name of settings) context.say(`Unset ${name} in profile ${profile}.`);
    });
}
