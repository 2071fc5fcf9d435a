/** `sluice flow-run retry`: runs an ended flow run again, under the same id. */
import { Command } from "commander";
import { CommandError } from "../../command-error.ts";
import type { Context } from "../../context.ts";
import { findFlowRunByIdOrName } from "./find-flow-run.ts";

const TERMINAL_TYPES = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"];

export function retryCommand(context: Context): Command {
  return new Command("retry")
    .description("Schedule an ended flow run of a deployment again")
    .argument("<id-or-name>", "id or name of the flow run")
    .action(async (idOrName: string) => {
      const client = await context.client();
      const run = await findFlowRunByIdOrName(client, idOrName);
      if (!TERMINAL_TYPES.includes(run.state_type ?? "")) {
        throw new CommandError(
          `Flow run ${run.id} is ${run.state_name ?? "without a state"}; only ended runs can be retried.`,
        );
      }
      if (run.deployment_id === null) {
        throw new CommandError(
          `Flow run ${run.id} has no deployment, so no worker would pick it up.`,
          "Call its flow again from your code.",
        );
      }
      const { details, status } = await client.operations.setFlowRunState({
        params: { id: run.id },
        body: { state: { type: "SCHEDULED", message: "Retried from the command line." }, force: true },
      });
      if (status === "ABORT" || status === "WAIT") {
        const reason = "reason" in details ? details.reason : null;
        throw new CommandError(
          `Flow run ${run.id} can't be retried: ${reason ?? "the server gave no reason"}`,
        );
      }
      context.say(`Flow run ${run.id} is scheduled again; a worker will pick it up.`);
    });
}
