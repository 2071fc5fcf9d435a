/** `sluice profile ls`. */
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { jsonOption, type OutputOptions, outputOption, wantsJson } from "../../options.ts";
import { currentProfile, loadProfiles } from "./profile-store.ts";

export function listCommand(context: Context): Command {
  return new Command("ls")
    .description("List profiles; the active one has a star")
    .addOption(jsonOption())
    .addOption(outputOption())
    .action((options: OutputOptions) => {
      const profiles = loadProfiles(context);
      const active = currentProfile(context, profiles);
      const names = Object.keys(profiles.profiles).toSorted();
      if (wantsJson(options))
        return context.printJson(names.map((name) => ({ name, active: name === active })));
      for (const name of names)
        context.print(name === active ? context.colors.green(`* ${name}`) : `  ${name}`);
    });
}
