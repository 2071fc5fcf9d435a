/** Drawing a flow: its function runs, its tasks and nested flows are noted down instead of run. */
import { newId } from "@sluice/schemas";
import { Annotation, Quote } from "../annotations.ts";
import type { TaskDefinition } from "../engine/task-definition.ts";
import { FlowRunFuture, RunFuture, TaskFuture } from "../futures.ts";
import { isPlainObject } from "../parameter-names.ts";
import { Completed } from "../states.ts";

export interface GraphNode {
  readonly key: number;
  readonly kind: "task" | "flow";
  /** The task's or flow's name, numbered per name: `fetchFact-0`. */
  readonly label: string;
  readonly upstreams: readonly number[];
}

/** Stands for the value of a task that names no `vizReturnValue`. */
class PlaceholderValue {}

export class DryRun {
  readonly nodes: GraphNode[] = [];
  readonly #keys = new WeakMap<object, number>();
  readonly #counts = new Map<string, number>();

  recordTask<T>(task: TaskDefinition, args: readonly unknown[], waitFor: readonly unknown[]): TaskFuture<T> {
    const node = this.#addNode("task", task.name, [args, waitFor]);
    const value = this.#valueOf(node, task.vizReturnValue) as T; // the option has the task's type; a placeholder is caught when used
    const state = Completed<T>({ data: value });
    const future = new TaskFuture<T>({ id: newId(), name: node.label, state });
    this.#keys.set(future, node.key);
    future.settle({ ok: true, value });
    return future;
  }

  recordFlow<T>(flowName: string, parameters: unknown, waitFor: readonly unknown[]): FlowRunFuture<T> {
    const node = this.#addNode("flow", flowName, [parameters, waitFor]);
    const value = this.#valueOf(node, undefined) as T; // a placeholder is caught when used
    const future = new FlowRunFuture<T>(Completed<T>({ data: value }));
    this.#keys.set(future, node.key);
    future.settle({ ok: true, value });
    return future;
  }

  #addNode(kind: GraphNode["kind"], name: string, inputs: unknown): GraphNode {
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    const upstreams = new Set<number>();
    this.#collect(inputs, upstreams, new Set());
    const node = { key: this.nodes.length, kind, label: `${name}-${count}`, upstreams: [...upstreams] };
    this.nodes.push(node);
    return node;
  }

  #valueOf(node: GraphNode, vizReturnValue: unknown): unknown {
    const value = vizReturnValue === undefined ? new PlaceholderValue() : vizReturnValue;
    if (typeof value === "object" && value !== null) this.#keys.set(value, node.key);
    return value;
  }

  #collect(value: unknown, found: Set<number>, seen: Set<object>): void {
    if (typeof value !== "object" || value === null || value instanceof Quote || seen.has(value)) return;
    seen.add(value);
    const key = this.#keys.get(value);
    if (key !== undefined) found.add(key);
    if (value instanceof RunFuture) return;
    if (value instanceof Annotation) this.#collect(value.value, found, seen);
    else if (Array.isArray(value) || value instanceof Set || value instanceof Map) {
      for (const item of value) this.#collect(item, found, seen);
    } else if (isPlainObject(value)) this.#collect(Object.values(value), found, seen);
  }
}
