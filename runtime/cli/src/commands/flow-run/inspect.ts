/** `sluice flow-run inspect`: everything about one flow run. */
import type { FlowRunResponse } from "@sluice/schemas";
import { Argument, Command } from "commander";
import type { Context } from "../../context.ts";
import { id, jsonOption, type OutputOptions, outputOption, wantsJson } from "../../options.ts";
import { duration, localTime, stateLabel } from "../../run-output.ts";
import { findFlowRun } from "./find-flow-run.ts";

export function inspectCommand(context: Context): Command {
  return new Command("inspect")
    .description("Show a flow run")
    .addArgument(new Argument("<id>", "id of the flow run").argParser(id))
    .addOption(jsonOption())
    .addOption(outputOption())
    .action(async (runId: string, options: OutputOptions) => {
      const client = await context.client();
      const run = await findFlowRun(client, runId);
      if (wantsJson(options)) return context.printJson(run);
      const [flow, tasks] = await Promise.all([
        client.operations.readFlow({ params: { id: run.flow_id } }),
        client.operations.countTaskRuns({ body: { flow_runs: { id: { any_: [run.id] } } } }),
      ]);
      const { properties } = await import("../../tables.ts");
      context.print(properties(describeRun(run, flow.name, tasks, context), context.colors));
    });
}

function describeRun(
  run: FlowRunResponse,
  flowName: string,
  tasks: number,
  context: Context,
): [string, string | null][] {
  const moment = (text: string | null) => (text === null ? null : localTime(new Date(text)));
  return [
    ["ID", run.id],
    ["Name", run.name],
    ["Flow", flowName],
    ["State", stateLabel(run.state_type, run.state_name, context.colors)],
    ["Message", run.state?.message ?? null],
    ["Expected start", moment(run.expected_start_time)],
    ["Start", moment(run.start_time)],
    ["End", moment(run.end_time)],
    ["Run time", duration(run.total_run_time)],
    ["Runs", String(run.run_count)],
    ["Task runs", String(tasks)],
    ["Parameters", JSON.stringify(run.parameters)],
    ["Tags", run.tags.length > 0 ? run.tags.join(", ") : null],
    ["Parent task run", run.parent_task_run_id],
    ["Deployment", run.deployment_id],
    ["Created by", run.created_by?.display_value ?? null],
  ];
}
