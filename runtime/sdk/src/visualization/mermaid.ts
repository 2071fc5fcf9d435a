/** Graphs as Mermaid text. */
import type { GraphNode } from "./dry-run.ts";

/** Tasks are boxes, nested flows are boxes with doubled sides; arrows follow the data. */
export function toMermaid(nodes: readonly GraphNode[]): string {
  const boxes = nodes.map(({ key, kind, label }) => {
    const text = `"${label.replaceAll('"', "#quot;")}"`;
    return kind === "flow" ? `    n${key}[[${text}]]` : `    n${key}[${text}]`;
  });
  const arrows = nodes.flatMap(({ key, upstreams }) =>
    upstreams.map((upstream) => `    n${upstream} --> n${key}`),
  );
  return ["graph TD", ...boxes, ...arrows, ""].join("\n");
}
