/** A comparison in words and figures. */
import type { Comparison, Difference } from "./compare.ts";
import { type Document, operationsOf } from "./document.ts";
import type { Verdict } from "./verdict.ts";

/** One line per group of operations, and the sums. */
export function table(reference: Document, comparison: Comparison, verdict: Verdict): string {
  const groups = new Map<string, Row>();
  for (const [name, operation] of operationsOf(reference)) {
    const group = operation.tags?.[0] ?? "Root";
    const row = groups.get(group) ?? emptyRow(group);
    const fields = comparison.served.get(name);
    groups.set(group, {
      ...row,
      operations: row.operations + 1,
      served: row.served + (fields === undefined ? 0 : 1),
      fields: row.fields + (fields ?? 0),
      unexpected: row.unexpected + count(verdict.unexpected, name),
      allowed: row.allowed + count(verdict.allowed, name),
      extra: row.extra + count(verdict.extra, name),
    });
  }
  const rows = [...groups.values()].sort((left, right) => left.group.localeCompare(right.group));
  return [HEADINGS, ...[...rows, rows.reduce(add, emptyRow("all"))].map(cells)].map(line).join("\n");
}

interface Row {
  readonly group: string;
  readonly operations: number;
  readonly served: number;
  readonly fields: number;
  readonly unexpected: number;
  readonly allowed: number;
  readonly extra: number;
}

const HEADINGS = ["group", "operations", "served", "fields", "differ", "allowed", "extra"];

function emptyRow(group: string): Row {
  return { group, operations: 0, served: 0, fields: 0, unexpected: 0, allowed: 0, extra: 0 };
}

function add(sum: Row, row: Row): Row {
  return {
    group: sum.group,
    operations: sum.operations + row.operations,
    served: sum.served + row.served,
    fields: sum.fields + row.fields,
    unexpected: sum.unexpected + row.unexpected,
    allowed: sum.allowed + row.allowed,
    extra: sum.extra + row.extra,
  };
}

function cells(row: Row): string[] {
  const { group, operations, served, fields, unexpected, allowed, extra } = row;
  return [group, ...[operations, served, fields, unexpected, allowed, extra].map(String)];
}

function line([group = "", ...figures]: readonly string[]): string {
  return group.padEnd(26) + figures.map((figure) => figure.padStart(12)).join("");
}

function count(differences: readonly Difference[], operation: string): number {
  return differences.filter((difference) => difference.operation === operation).length;
}

export function describeDifference({ operation, field, kind, detail }: Difference): string {
  return `${operation}  ${field}  ${kind}: ${detail}`;
}
