/** Reads the flow run that a command is about, and says so plainly when there is none. */
import type { FlowRunResponse } from "@sluice/schemas";
import type { ApiClient } from "../../api-client.ts";
import { CommandError } from "../../command-error.ts";
import { isId } from "../../options.ts";

const ADVICE = "List runs with: sluice flow-run ls";

/** @throws CommandError when there is no such run */
export async function findFlowRun(client: ApiClient, id: string): Promise<FlowRunResponse> {
  return await orMissing(id, client.operations.readFlowRun({ params: { id } }));
}

/** @throws CommandError when no run, or more than one, has that id or name */
export async function findFlowRunByIdOrName(client: ApiClient, idOrName: string): Promise<FlowRunResponse> {
  if (isId(idOrName)) return await findFlowRun(client, idOrName);
  const body = { flow_runs: { name: { any_: [idOrName] } }, limit: 10 };
  const runs = await client.operations.readFlowRuns({ body });
  const [run] = runs;
  if (!run) throw new CommandError(`There is no flow run named "${idOrName}".`, ADVICE);
  if (runs.length > 1) {
    const ids = runs.map(({ id }) => id).join("\n  ");
    throw new CommandError(
      `${runs.length} flow runs are named "${idOrName}"; say which by its id:\n  ${ids}`,
    );
  }
  return run;
}

/** Turns the server's 404 about a flow run into a sentence. */
export async function orMissing<Answer>(id: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const { ObjectNotFound } = await import("@sluice/client"); // loaded already by whoever made the client
    if (error instanceof ObjectNotFound) throw new CommandError(`There is no flow run ${id}.`, ADVICE);
    throw error;
  }
}
