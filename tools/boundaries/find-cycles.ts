/** Import cycles: Tarjan's strongly connected components over the file graph. */

/** Every knot of two or more files that import each other in a ring, and every file that imports itself. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const cycles: string[][] = [];

  const visit = (file: string): number => {
    const own = index.size;
    index.set(file, own);
    lowest.set(file, own);
    stack.push(file);
    onStack.add(file);
    for (const next of graph.get(file) ?? []) {
      const seen = index.get(next);
      const reach = seen === undefined ? visit(next) : onStack.has(next) ? seen : own;
      lowest.set(file, Math.min(lowest.get(file) ?? own, reach));
    }
    if (lowest.get(file) === own) {
      const knot = stack.splice(stack.lastIndexOf(file));
      for (const member of knot) onStack.delete(member);
      if (knot.length > 1 || graph.get(file)?.includes(file)) cycles.push(knot);
    }
    return lowest.get(file) ?? own;
  };

  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return cycles;
}
