/** `sluice task serve`: executes what is delayed of tasks, until it is told to stop. */
import type { ServedTask } from "@sluice/sdk";
import { Command } from "commander";
import { CommandError } from "../../command-error.ts";
import type { Context } from "../../context.ts";
import { positiveInteger } from "../../options.ts";

const DEFAULT_LIMIT = 10;

export function serveCommand(context: Context): Command {
  return new Command("serve")
    .description("Execute what is delayed of the tasks that files export, until Ctrl-C")
    .argument("<file...>", "path/to/file.ts for all its tasks, path/to/file.ts:taskName for one")
    .option("--limit <number>", "how many runs go on at once", positiveInteger, DEFAULT_LIMIT)
    .action(async (files: string[], { limit }: { limit: number }) => {
      const { profile } = context.globals;
      if (profile !== undefined) process.env["SLUICE_PROFILE"] = profile; // the SDK has no other way to hear of it
      const { closeConnection, EntrypointError, loadTasks, serveTasks } = await import("@sluice/sdk");
      try {
        const tasks = new Set<ServedTask>();
        for (const file of files) for (const task of await loadTasks(file)) tasks.add(task);
        await serveTasks([...tasks], { limit });
      } catch (error) {
        if (error instanceof EntrypointError) throw new CommandError(error.message);
        throw error;
      } finally {
        await closeConnection();
      }
    });
}
