/** `sluice config set`: changes settings in the active profile. */
import {
  findSetting,
  parseSettingValue,
  readProfiles,
  SETTING_DEFINITIONS,
  sluiceHome,
  writeProfiles,
} from "@sluice/sdk/settings";
import { Command } from "commander";
import { CommandError } from "../../command-error.ts";
import type { Context } from "../../context.ts";

export function setCommand(context: Context): Command {
  return new Command("set")
    .description("Change settings in the active profile")
    .argument("<settings...>", "NAME=VALUE, like SLUICE_API_URL=http://127.0.0.1:4200/api")
    .action(async (items: string[]) => {
      const changes = Object.fromEntries(items.map(parseItem));
      const { profile } = await context.settings();
      const home = sluiceHome(context.env);
      const profiles = readProfiles(home);
      writeProfiles(home, {
        ...profiles,
        profiles: { ...profiles.profiles, [profile]: { ...profiles.profiles[profile], ...changes } },
      });
      for (const name of Object.keys(changes)) {
        context.say(`Set ${name} in profile ${profile}.`);
        if (context.env[name]) context.say(`The environment variable ${name} wins over it: unset ${name}`);
      }
    });
}

function parseItem(item: string): [name: string, value: string] {
  const at = item.indexOf("=");
  if (at < 1)
    throw new CommandError(`"${item}" is not NAME=VALUE.`, "For example: SLUICE_LOGGING_LEVEL=DEBUG");
  const value = item.slice(at + 1);
  const definition = knownSetting(item.slice(0, at));
  parseSettingValue(definition, value, "the command line");
  return [definition.name, value];
}

/** @throws CommandError for a name that no setting has */
export function knownSetting(name: string): NonNullable<ReturnType<typeof findSetting>> {
  const definition = findSetting(name);
  if (definition) return definition;
  if (name.startsWith("SLUICE_SERVER_")) {
    throw new CommandError(
      `${name} is a setting of the server, and no part of a profile.`,
      "Set it as an environment variable where the server starts.",
    );
  }
  const names = Object.values(SETTING_DEFINITIONS).map((setting) => setting.name);
  throw new CommandError(`There is no setting ${name}.`, `Settings:\n  ${names.toSorted().join("\n  ")}`);
}
