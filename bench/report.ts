/** What a benchmark found, as a table of medians and ratios. */
import { cpus, totalmem } from "node:os";
import { median } from "./statistics.ts";

export interface Row {
  readonly what: string;
  readonly unit: string;
  /** One value per run; the two are paired run by run. */
  readonly sluice: readonly number[];
  readonly prefect: readonly number[];
  /** True when more is better (a rate), false when less is (a latency, memory). */
  readonly moreIsBetter: boolean;
  readonly goal: string;
}

export function renderReport(rows: readonly Row[], notes: readonly string[]): string {
  const lines = rows.map((row) => {
    const ours = median(row.sluice);
    const theirs = median(row.prefect);
    const ratio = row.moreIsBetter ? ours / theirs : theirs / ours;
    const spread = `${figure(Math.min(...row.sluice))}–${figure(Math.max(...row.sluice))}`;
    const peer = row.prefect.length === 0 ? ["–", "–"] : [figure(theirs), `${figure(ratio)}×`];
    return `| ${row.what} | ${figure(ours)} ${row.unit} (${spread}) | ${peer[0]} | ${peer[1]} | ${row.goal} |`;
  });
  return [
    "# Results",
    "",
    "Written by `npm run bench`: our server and SDK beside the real Prefect server and client from PyPI, the same load",
    "generator, in alternating runs on one machine. Medians; in brackets our smallest and largest run. A ratio says how many",
    "times better Sluice is. Single figures depend on the machine; the ratios are what to compare.",
    "",
    `Machine: ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}.`,
    "",
    "| what | Sluice | Prefect | ratio | goal |",
    "|---|---|---|---|---|",
    ...lines,
    "",
    ...notes.map((note) => `- ${note}`),
    "",
  ].join("\n");
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
