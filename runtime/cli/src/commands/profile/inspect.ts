/** `sluice profile inspect`. */
import { findSetting } from "@sluice/sdk/settings";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { jsonOption, type OutputOptions, outputOption, wantsJson } from "../../options.ts";
import { currentProfile, loadProfiles, requireProfile } from "./profile-store.ts";

interface Options extends OutputOptions {
  readonly showSecrets?: boolean;
}

export function inspectCommand(context: Context): Command {
  return new Command("inspect")
    .description("Show the settings of a profile")
    .argument("[name]", "name of the profile; the active one when left out")
    .option("--show-secrets", "show keys and passwords")
    .addOption(jsonOption())
    .addOption(outputOption())
    .action((given: string | undefined, options: Options) => {
      const profiles = loadProfiles(context);
      const name = given ?? currentProfile(context, profiles);
      const settings = Object.entries(requireProfile(profiles, name)).map(
        ([setting, value]): [string, string] => [
          setting,
          findSetting(setting)?.kind.isSecret && !options.showSecrets ? "********" : value,
        ],
      );
      if (wantsJson(options)) return context.printJson({ name, settings: Object.fromEntries(settings) });
      context.say(`Profile ${name}`);
      if (settings.length === 0) context.say("It sets nothing.");
      for (const [setting, value] of settings) context.print(`${setting}=${value}`);
    });
}
