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
      const { openStore, readSettings } = await import("@sluice/server");
      const { database } = readSettings(context.env, options);
      const store = await openStore(database);
      await store.close();
      context.say("The database is up to date.");
    });
}
