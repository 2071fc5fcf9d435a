/** The tour in words: short, aligned, coloured only on a terminal. */
import { styleText } from "node:util";
import { inputNames, taskName } from "./check-run.ts";
import type { RunRecord } from "./read-run.ts";
import type { Shown } from "./show-pattern.ts";

const INDENT = "     ";
const NAME_WIDTH = 46;
const STATE_WIDTH = 11;

/** `styleText` looks at the stream and at NO_COLOR by itself. */
function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function describeShown({ pattern, problems, record, seconds }: Shown): string {
  const mark = problems.length === 0 ? paint("green", "✓") : paint("red", "✗");
  const lines = [
    `${mark} ${paint("bold", `${pattern.number}  ${pattern.title}`)}  ${paint("dim", `${pattern.program}  ${formatSeconds(seconds)}`)}`,
  ];
  if (record) lines.push(...describeRecord(record), describeTotals(countAll([record])));
  for (const problem of problems)
    lines.push(...problem.split("\n").map((line) => `${INDENT}${paint("red", line)}`));
  return lines.join("\n");
}

function describeRecord(record: RunRecord, prefix = "", branch = ""): string[] {
  const { run, subflows, tasks } = record;
  const title = `${prefix}${branch}${record.flowName} / ${run.name}`;
  const lines = [line(title, run.state_type, run.state_name, run.total_run_time)];
  const inner = prefix + (branch === "" ? "" : branch.startsWith("└") ? "   " : "│  ");
  const children = [
    ...tasks.map((task) => (end: string) => {
      const inputs = inputNames(task, tasks);
      const name = `${inner}${end}${taskName(task)}${inputs.length > 0 ? ` ← ${inputs.join(", ")}` : ""}`;
      return [line(name, task.state_type, task.state_name, task.total_run_time)];
    }),
    ...subflows.map((subflow) => (end: string) => describeRecord(subflow, inner, end)),
  ];
  children.forEach((describe, index) =>
    lines.push(...describe(index === children.length - 1 ? "└─ " : "├─ ")),
  );
  return lines;
}

function line(title: string, type: string | null, state: string | null, seconds: number): string {
  const name = (state ?? "–").padEnd(STATE_WIDTH);
  const painted = type === "COMPLETED" ? paint("green", name) : paint("red", name);
  return `${INDENT}${title.padEnd(NAME_WIDTH)} ${painted} ${paint("dim", formatSeconds(seconds))}`;
}

export interface Totals {
  readonly flowRuns: number;
  readonly taskRuns: number;
  readonly edges: number;
  readonly logs: number;
  readonly events: number;
}

export function countAll(records: readonly RunRecord[]): Totals {
  const totals = { flowRuns: 0, taskRuns: 0, edges: 0, logs: 0, events: 0 };
  const add = ({ events, logs, subflows, tasks }: RunRecord) => {
    totals.flowRuns += 1;
    totals.taskRuns += tasks.length;
    totals.edges += tasks.reduce((sum, task) => sum + inputNames(task, tasks).length, 0);
    totals.logs += logs.length;
    totals.events += events.length;
    subflows.forEach(add);
  };
  records.forEach(add);
  return totals;
}

function describeTotals(totals: Totals): string {
  return `${INDENT}${paint("dim", totalsText(totals))}`;
}

export function totalsText({ edges, events, flowRuns, logs, taskRuns }: Totals): string {
  const parts = [
    count(flowRuns, "flow run"),
    count(taskRuns, "task run"),
    count(edges, "edge"),
    count(logs, "log line"),
    count(events, "event"),
  ];
  return parts.join(", ");
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

export function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
