/** `sluice flow-run delete`: deletes flow runs with everything that hangs on them. */
import { Argument, Command } from "commander";
import { confirm } from "../../confirm.ts";
import type { Context } from "../../context.ts";
import { id, yesOption } from "../../options.ts";
import { orMissing } from "./find-flow-run.ts";

export function deleteCommand(context: Context): Command {
  return new Command("delete")
    .description("Delete a flow run with its task runs, states and logs")
    .addArgument(new Argument("<id>", "id of the flow run").argParser(id))
    .addOption(yesOption())
    .action(async (runId: string, options: { yes?: boolean }) => {
      await confirm(context, `Delete flow run ${runId} with its task runs, states and logs?`, options);
      const client = await context.client();
      await orMissing(runId, client.operations.deleteFlowRun({ params: { id: runId } }));
      context.say(`Deleted flow run ${runId}.`);
    });
}
