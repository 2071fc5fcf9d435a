/** `sluice flow-run logs`: the log lines of a flow run and its task runs. */
import type { FlowRunResponse, LogResponse } from "@sluice/schemas";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import type { Context } from "../../context.ts";
import {
  id,
  jsonOption,
  type OutputOptions,
  outputOption,
  positiveInteger,
  wantsJson,
} from "../../options.ts";
import { localTime } from "../../run-output.ts";
import { findFlowRun } from "./find-flow-run.ts";
import { readLogs } from "./read-logs.ts";

interface Options extends OutputOptions {
  readonly head?: boolean;
  readonly tail?: boolean;
  readonly numLogs?: number;
  readonly reverse?: boolean;
  readonly follow?: boolean;
  readonly level?: number;
  readonly taskRun?: string;
  readonly search?: string;
}

const DEFAULT_NUMBER = 20;

export function logsCommand(context: Context): Command {
  return new Command("logs")
    .description("Show the logs of a flow run and its tasks")
    .addArgument(new Argument("<id>", "id of the flow run").argParser(id))
    .addOption(new Option("--head", `only the first ${DEFAULT_NUMBER}`).conflicts("tail"))
    .option("-t, --tail", `only the last ${DEFAULT_NUMBER}`)
    .option("-n, --num-logs <number>", "how many, instead of all", positiveInteger)
    .addOption(new Option("-r, --reverse", "latest first").conflicts("follow"))
    .addOption(new Option("-f, --follow", "go on with new lines until the run has ended").conflicts("head"))
    .option(
      "--level <level>",
      "only this level and above: DEBUG, INFO, WARNING, ERROR, CRITICAL or a number",
      level,
    )
    .option("--task-run <id>", "only lines of this task run", id)
    .option("--search <text>", "only lines that hold this text; -word leaves out, +word must be there")
    .addOption(jsonOption())
    .addOption(outputOption())
    .action(async (runId: string, options: Options) => {
      const client = await context.client();
      const run = await findFlowRun(client, runId);
      const filter = filterFor(runId, options);
      const logs = await readLogs(client, filter, selection(options));
      if (wantsJson(options) && !options.follow) return context.printJson(logs);
      const write = wantsJson(options) ? writeJsonLine(context) : writeLine(context, run);
      for (const log of logs) write(log);
      if (!options.follow) return;
      const { followLogs } = await import("./follow-logs.ts");
      await followLogs({ client, runId, filter, shown: logs, write });
    });
}

/** Which lines: the first or last `limit`, or all; and whether they are shown latest first. */
function selection({ head, tail, numLogs, reverse }: Options) {
  const limit = numLogs ?? (head || tail ? DEFAULT_NUMBER : Number.POSITIVE_INFINITY);
  return { limit, fromEnd: tail === true || (reverse === true && !head), latestFirst: reverse === true };
}

function filterFor(runId: string, { level: least, taskRun, search }: Options) {
  return {
    flow_run_id: { any_: [runId] },
    ...(least === undefined ? {} : { level: { ge_: least } }),
    ...(taskRun === undefined ? {} : { task_run_id: { any_: [taskRun] } }),
    ...(search === undefined ? {} : { text: { query: search } }),
  };
}

function writeJsonLine(context: Context): (log: LogResponse) => void {
  return (log) => context.print(JSON.stringify(log));
}

function writeLine(context: Context, run: FlowRunResponse): (log: LogResponse) => void {
  const { colors } = context;
  return ({ level: number, message, name, task_run_id, timestamp }) => {
    const source = task_run_id ? `Task run ${task_run_id.slice(0, 8)}` : `Flow run '${run.name}'`;
    const label = levelName(number).padEnd(8);
    const paint = number >= 40 ? colors.red : number >= 30 ? colors.yellow : (text: string) => text;
    const logger = name.startsWith("prefect.") ? "" : ` ${colors.dim(name)}`;
    context.print(
      `${colors.dim(localTime(new Date(timestamp)))} | ${paint(label)} | ${source}${logger} - ${message}`,
    );
  };
}

const LEVELS: Readonly<Record<string, number>> = {
  DEBUG: 10,
  INFO: 20,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
};

function level(text: string): number {
  const value = LEVELS[text.toUpperCase()] ?? Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError(`It should be one of ${Object.keys(LEVELS).join(", ")}, or a number.`);
  }
  return value;
}

function levelName(value: number): string {
  return Object.entries(LEVELS).find(([, number]) => number === value)?.[0] ?? String(value);
}
