/** `sluice flow ls`: the latest flows. */
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { jsonOption, type OutputOptions, outputOption, positiveInteger, wantsJson } from "../../options.ts";
import { relativeTime } from "../../run-output.ts";

interface Options extends OutputOptions {
  readonly limit: number;
}

export function listCommand(context: Context): Command {
  return new Command("ls")
    .description("List flows, the newest first")
    .option("--limit <number>", "how many at most", positiveInteger, 15)
    .addOption(jsonOption())
    .addOption(outputOption())
    .action(async (options: Options) => {
      const client = await context.client();
      const flows = await client.operations.readFlows({
        body: { sort: "CREATED_DESC", limit: options.limit },
      });
      if (wantsJson(options)) return context.printJson(flows);
      if (flows.length === 0) return context.say("No flows.");
      const now = new Date();
      const rows = flows.map((flow) => [
        flow.id,
        flow.name,
        flow.created ? relativeTime(new Date(flow.created), now) : "–",
      ]);
      const { table } = await import("../../tables.ts");
      context.print(table(["ID", "Name", "Created"], rows, context.colors));
    });
}
