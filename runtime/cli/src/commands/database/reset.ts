/** `sluice database reset`: deletes everything the server knows. */
import { Command } from "commander";
import { CommandError } from "../../command-error.ts";
import { confirm } from "../../confirm.ts";
import type { Context } from "../../context.ts";
import { databaseOption, yesOption } from "../../options.ts";

interface Options {
  readonly database?: string;
  readonly yes?: boolean;
}

export function resetCommand(context: Context): Command {
  return new Command("reset")
    .description("Delete everything in the database: flows, runs, logs, events")
    .addOption(databaseOption())
    .addOption(yesOption())
    .action(async ({ yes, ...options }: Options) => {
      const { readSettings, resetDatabase, shownDatabase } = await import("@sluice/server");
      const { database } = readSettings(context.env, options);
      const name = shownDatabase(database);
      // Everything at once is too much to lose to a script that only forgot to ask.
      if (!yes && !context.isInteractive) {
        throw new CommandError(`This deletes everything in ${name}.`, "Say that you mean it with --yes.");
      }
      await confirm(context, `Delete everything in ${name}?`, { yes: yes === true });
      await resetDatabase(database);
      context.say(`${name} is empty.`);
    });
}
