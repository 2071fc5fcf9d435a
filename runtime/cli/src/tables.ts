/** Aligned text for people. */
import Table from "cli-table3";
import type { Colors } from "./streams.ts";

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Columns under headings, without lines, so that they can be read and cut. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  colors: Colors,
): string {
  const lines = new Table({
    head: headings.map((heading) => colors.dim(heading)),
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  lines.push(...rows.map((row) => [...row]));
  return trimLines(lines.toString());
}

/** `name  value` lines with the values under each other; values of null are shown as a dash. */
export function properties(pairs: readonly (readonly [string, string | null])[], colors: Colors): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${value ?? "–"}`).join("\n");
}

function trimLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
