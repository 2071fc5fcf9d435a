/** `sluice database upgrade`: brings the database to this version's tables. */
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { databaseOption } from "../../options.ts";

export function upgradeCommand(context: Context): Command {
  return new Command("upgrade")
    .description(
      "Bring the database to the tables of this version; a server does it by itself when it starts",
    )
    .addOption(databaseOption())
    .action(async (options: { database?: string }) => {
      const { readSettings, shownDatabase, upgradeDatabase } = await import("@sluice/server");
      const { database } = readSettings(context.env, options);
      const { applied } = await upgradeDatabase(database);
      const name = shownDatabase(database);
      context.say(
        applied.length === 0
          ? `${name} is up to date.`
          : `${name} is up to date now; applied: ${applied.join(", ")}.`,
      );
    });
}
