/** `sluice flow-run cancel`: asks for a flow run to be stopped. */
import { Argument, Command } from "commander";
import { CommandError } from "../../command-error.ts";
import type { Context } from "../../context.ts";
import { id } from "../../options.ts";
import { orMissing } from "./find-flow-run.ts";

export function cancelCommand(context: Context): Command {
  return new Command("cancel")
    .description("Ask for a flow run to be cancelled")
    .addArgument(new Argument("<id>", "id of the flow run").argParser(id))
    .action(async (runId: string) => {
      const client = await context.client();
      const result = await orMissing(
        runId,
        client.operations.setFlowRunState({
          params: { id: runId },
          body: { state: { type: "CANCELLING", message: "Cancelled from the command line." } },
        }),
      );
      const reason = "reason" in result.details ? result.details.reason : null;
      if (result.status === "ABORT" || result.status === "WAIT") {
        throw new CommandError(
          `Flow run ${runId} can't be cancelled: ${reason ?? "the server gave no reason"}`,
        );
      }
      const isCancelled = result.state?.type === "CANCELLED";
      context.say(isCancelled ? `Flow run ${runId} is cancelled.` : `Flow run ${runId} is being cancelled.`);
    });
}
