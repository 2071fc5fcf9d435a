/** `sluice flow-run retry`: runs an ended flow run again, under the same id. */
import type { FlowRunResponse } from "@sluice/schemas";
import { Command } from "commander";
import type { ApiClient } from "../../api-client.ts";
import { CommandError } from "../../command-error.ts";
import type { Context } from "../../context.ts";
import { findFlowRunByIdOrName } from "./find-flow-run.ts";
import { isTerminal } from "./state-types.ts";

export function retryCommand(context: Context): Command {
  return new Command("retry")
    .description("Run an ended flow run again, under the same id")
    .argument("<id-or-name>", "id or name of the flow run")
    .option(
      "-e, --entrypoint <file:flow>",
      "run it in this process, with the flow that the file exports under that name; a run without a deployment needs it",
    )
    .action(async (idOrName: string, { entrypoint }: { entrypoint?: string }) => {
      const client = await context.client();
      const run = await findFlowRunByIdOrName(client, idOrName);
      requireEnded(run);
      if (entrypoint !== undefined) {
        const { loadFlow, runHere } = await import("./run-here.ts");
        const flow = await loadFlow(entrypoint);
        await schedule(client, run);
        return await runHere(context, client, run, flow);
      }
      if (run.deployment_id === null) {
        throw new CommandError(
          `Flow run ${run.id} has no deployment, so no worker would pick it up.`,
          `Run it here: sluice flow-run retry ${run.id} --entrypoint path/to/file.ts:flowName`,
        );
      }
      await schedule(client, run);
      context.say(`Flow run ${run.id} is scheduled again; a worker will pick it up.`);
    });
}

function requireEnded(run: FlowRunResponse): void {
  if (isTerminal(run.state_type)) return;
  const state = run.state_name ?? "without a state";
  throw new CommandError(`Flow run ${run.id} is ${state}; only ended runs can be retried.`);
}

async function schedule(client: ApiClient, run: FlowRunResponse): Promise<void> {
  const { details, status } = await client.operations.setFlowRunState({
    params: { id: run.id },
    body: { state: { type: "SCHEDULED", message: "Retried from the command line." }, force: true },
  });
  if (status !== "ABORT" && status !== "WAIT") return;
  const reason = "reason" in details ? details.reason : null;
  throw new CommandError(`Flow run ${run.id} can't be retried: ${reason ?? "the server gave no reason"}`);
}
