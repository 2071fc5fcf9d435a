/** Runs a flow run that exists in this process, with a flow from a file. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { FlowRunResponse } from "@sluice/schemas";
import { closeConnection, executeFlowRun, type Flow } from "@sluice/sdk";
import type { ApiClient } from "../../api-client.ts";
import { CommandError } from "../../command-error.ts";
import type { Context } from "../../context.ts";

/** Any flow: its parameters come from the run that it is to execute. */
export type LoadedFlow = Flow<unknown, unknown>;

/**
 * The flow of an entrypoint, `path/to/file.ts:flowName`. Loading the file runs its top level, so a file that calls its
 * flow does so only `if (import.meta.main)`.
 * @throws CommandError when there is no such file or export
 */
export async function loadFlow(entrypoint: string): Promise<LoadedFlow> {
  const at = entrypoint.lastIndexOf(":");
  const path = resolve(entrypoint.slice(0, at));
  const name = entrypoint.slice(at + 1);
  if (at < 1 || name === "") throw new CommandError(`"${entrypoint}" is not path/to/file.ts:flowName.`);
  if (!existsSync(path)) throw new CommandError(`There is no file ${path}.`);
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const flow = module[name];
  if (isFlow(flow)) return flow;
  const exports = Object.keys(module).join(", ") || "nothing";
  throw new CommandError(`${path} exports no flow "${name}".`, `It exports: ${exports}`);
}

/** Of what the SDK makes, only flows can be drawn. */
function isFlow(value: unknown): value is LoadedFlow {
  return typeof value === "function" && "visualize" in value;
}

/** Executes the run and says how it ended; the exit code is 1 unless it completed. */
export async function runHere(
  context: Context,
  client: ApiClient,
  run: FlowRunResponse,
  flow: LoadedFlow,
): Promise<void> {
  const { profile } = context.globals;
  if (profile !== undefined) process.env["SLUICE_PROFILE"] = profile; // the SDK has no other way to hear of it
  context.say(`Running flow run ${run.id} here …`);
  try {
    const { future } = await executeFlowRun(flow, run.id);
    await future.wait();
  } finally {
    await closeConnection();
  }
  const { state_name: state, state_type: type } = await client.operations.readFlowRun({
    params: { id: run.id },
  });
  if (type !== "COMPLETED") context.fail();
  context.say(`Flow run ${run.id} is ${state}.`);
}
