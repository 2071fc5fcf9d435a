/** `sluice database reset`: deletes everything the server knows. */
import { Command } from "commander";
import { CommandError } from "../../command-error.ts";
import { confirm } from "../../confirm.ts";
import type { Context } from "../../context.ts";
import { databaseOption, yesOption } from "../../options.ts";

export function resetCommand(context: Context): Command {
  return new Command("reset")
    .description("Delete everything in the database: flows, runs, logs, events")
    .addOption(databaseOption())
    .addOption(yesOption())
    .action(async (options: { database?: string; yes?: boolean }) => {
      const { describeDatabase, readServerSettings, resetDatabase } = await import("@sluice/server");
      const { database } = readServerSettings(
        context.env,
        options.database ? { database: options.database } : {},
      );
      const name = describeDatabase(database);
      if (!options.yes && !context.isInteractive) {
        throw new CommandError(`This deletes everything in ${name}.`, "Say that you mean it with --yes.");
      }
      await confirm(context, `Delete everything in ${name}?`, options);
      await resetDatabase(database);
      context.say(`${name} is empty.`);
    });
}
