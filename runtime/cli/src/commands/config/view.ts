/** `sluice config view`: the settings in force and where each comes from. */
import { describeSettings, type ResolvedSetting } from "@sluice/sdk/settings";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { jsonOption, type OutputOptions, outputOption, wantsJson } from "../../options.ts";

interface Options extends OutputOptions {
  readonly showDefaults?: boolean;
  readonly hideSources?: boolean;
  readonly showSecrets?: boolean;
}

const HIDDEN = "********";

export function viewCommand(context: Context): Command {
  return new Command("view")
    .description("Show the settings that are set, and where each value comes from")
    .option("--show-defaults", "also show settings that have their default")
    .option("--hide-sources", "leave out where values come from")
    .option("--show-secrets", "show keys and passwords")
    .addOption(jsonOption())
    .addOption(outputOption())
    .action(async (options: Options) => {
      const { profile, home } = await context.settings();
      const settings = describeSettings(context.settingsSources())
        .filter(({ source }) => options.showDefaults || source !== "default")
        .map((setting) => ({ ...setting, value: shownValue(setting, options) }));
      if (wantsJson(options)) {
        const rows = settings.map(({ name, value, source, description }) => ({
          name,
          value,
          source,
          description,
        }));
        context.printJson({ profile, home, settings: rows });
        return;
      }
      context.say(`Profile ${profile}, home ${home}`);
      if (settings.length === 0) context.say("Every setting has its default; see them with --show-defaults.");
      else {
        const { table } = await import("../../tables.ts");
        const headings = options.hideSources ? ["Setting", "Value"] : ["Setting", "Value", "From"];
        context.print(table(headings, tableRows(settings, options), context.colors));
      }
    });
}

function tableRows(settings: readonly ResolvedSetting[], options: Options): string[][] {
  return settings.map(({ name, value, source }) => {
    const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "–");
    return options.hideSources ? [name, text] : [name, text, source];
  });
}

function shownValue({ isSecret, value }: ResolvedSetting, options: Options): unknown {
  return isSecret && value !== null && !options.showSecrets ? HIDDEN : value;
}
