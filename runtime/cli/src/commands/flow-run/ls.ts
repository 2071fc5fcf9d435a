/** `sluice flow-run ls`: the latest flow runs. */
import type { FlowRunResponse } from "@sluice/schemas";
import { Command } from "commander";
import type { ApiClient } from "../../api-client.ts";
import type { Context } from "../../context.ts";
import { jsonOption, type OutputOptions, outputOption, positiveInteger, wantsJson } from "../../options.ts";
import { relativeTime, stateLabel } from "../../run-output.ts";
import { stateTypes } from "./state-types.ts";

interface Options extends OutputOptions {
  readonly flowName?: string[];
  readonly limit: number;
  readonly state?: string[];
  readonly stateType?: ReturnType<typeof stateTypes>;
}

export function listCommand(context: Context): Command {
  return new Command("ls")
    .description("List the latest flow runs")
    .option("--flow-name <name...>", "only runs of the flows of these names")
    .option("--state <name...>", "only runs whose state has one of these names, like Late")
    .option("--state-type <type...>", "only runs whose state has one of these types, like FAILED", stateTypes)
    .option("--limit <number>", "how many at most", positiveInteger, 15)
    .addOption(jsonOption())
    .addOption(outputOption())
    .action(async (options: Options) => {
      const client = await context.client();
      const runs = await client.operations.readFlowRuns({ body: query(options) });
      if (wantsJson(options)) return context.printJson(runs);
      if (runs.length === 0) return context.say("No flow runs.");
      const flowNames = await readFlowNames(client, runs);
      const { table } = await import("../../tables.ts");
      context.print(table(HEADINGS, tableRows(runs, flowNames, context), context.colors));
    });
}

function query({ flowName, limit, state, stateType }: Options) {
  const stateFilter = {
    ...(state ? { name: { any_: state } } : {}),
    ...(stateType ? { type: { any_: stateType } } : {}),
  };
  return {
    sort: "EXPECTED_START_TIME_DESC" as const,
    limit,
    ...(flowName ? { flows: { name: { any_: flowName } } } : {}),
    ...(state || stateType ? { flow_runs: { state: stateFilter } } : {}),
  };
}

async function readFlowNames(
  client: ApiClient,
  runs: readonly FlowRunResponse[],
): Promise<Map<string, string>> {
  const ids = [...new Set(runs.map((run) => run.flow_id))];
  const flows = await client.operations.readFlows({
    body: { flows: { id: { any_: ids } }, limit: ids.length },
  });
  return new Map(flows.map((flow) => [flow.id, flow.name]));
}

const HEADINGS = ["ID", "Flow", "Name", "State", "When"];

function tableRows(
  runs: readonly FlowRunResponse[],
  flowNames: ReadonlyMap<string, string>,
  context: Context,
): string[][] {
  const now = new Date();
  return runs.map((run) => [
    run.id,
    flowNames.get(run.flow_id) ?? "–",
    run.name,
    stateLabel(run.state_type, run.state_name, context.colors),
    run.expected_start_time ? relativeTime(new Date(run.expected_start_time), now) : "–",
  ]);
}
