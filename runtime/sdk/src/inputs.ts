/**
 * What a run's arguments say about its upstreams: which runs they come from (the edges of the graph), and their values
 * once those runs have ended.
 *
 * Futures, states and annotations are looked for in arrays, sets, maps and plain objects, at any depth. Class instances
 * are not looked into.
 */
import { AllowFailure, Annotation, Opaque, Quote } from "./annotations.ts";
import { UpstreamTaskError } from "./errors.ts";
import type { FlowScope } from "./flow-scope.ts";
import { FlowRunFuture, RunFuture, TaskFuture } from "./futures.ts";
import { isPlainObject } from "./parameter-names.ts";
import { State } from "./states.ts";
import type { TaskRunInput } from "./transport/wire.ts";

export interface CollectedInputs {
  readonly taskInputs: Record<string, TaskRunInput[]>;
  /** Whether arguments must be resolved before the function can have them. */
  readonly needsResolving: boolean;
  /** Nested flows among the arguments whose run isn't known to the server yet. */
  readonly unidentified: FlowRunFuture<unknown>[];
}

/** Edges by parameter name; a parameter without upstreams has an empty list. */
export function collectInputs(
  parameters: Readonly<Record<string, unknown>>,
  scope: FlowScope | null,
): CollectedInputs {
  const taskInputs: Record<string, TaskRunInput[]> = {};
  let needsResolving = false;
  let unidentified: FlowRunFuture<unknown>[] = NOBODY;
  for (const name in parameters) {
    const value = parameters[name];
    if (typeof value !== "object" || value === null) {
      taskInputs[name] = [];
      continue;
    }
    const search = new UpstreamSearch(scope);
    search.visit(value);
    taskInputs[name] = search.inputs();
    needsResolving ||= search.needsResolving;
    if (search.unidentified.length > 0) unidentified = [...unidentified, ...search.unidentified];
  }
  return { taskInputs, needsResolving, unidentified };
}

const NOBODY: FlowRunFuture<unknown>[] = [];

class UpstreamSearch {
  needsResolving = false;
  readonly unidentified: FlowRunFuture<unknown>[] = [];
  readonly #scope: FlowScope | null;
  readonly #found = new Map<string, TaskRunInput>();
  readonly #seen = new Set<object>();

  constructor(scope: FlowScope | null) {
    this.#scope = scope;
  }

  inputs(): TaskRunInput[] {
    return [...this.#found.values()];
  }

  visit(value: unknown, looksInside = true): void {
    if (typeof value !== "object" || value === null || this.#seen.has(value)) return;
    this.#seen.add(value);
    if (value instanceof RunFuture) {
      this.needsResolving = true;
      this.#addFuture(value);
    } else if (value instanceof State) {
      this.needsResolving = true;
      this.#addTaskRun(value.details.task_run_id);
    } else if (value instanceof Annotation) {
      this.needsResolving = true;
      if (!(value instanceof Quote)) this.visit(value.value, !(value instanceof Opaque));
    } else {
      const origin = this.#scope?.originOf(value);
      if (origin) this.#add(origin);
      if (looksInside) visitContents(value, (item) => this.visit(item));
    }
  }

  #addFuture(future: RunFuture<unknown>): void {
    if (future instanceof TaskFuture) this.#addTaskRun(future.taskRunId);
    else if (future instanceof FlowRunFuture) {
      if (future.flowRunId !== null) this.#add({ input_type: "flow_run", id: future.flowRunId });
      else this.unidentified.push(future);
    }
  }

  #addTaskRun(id: string | null | undefined): void {
    if (id) this.#add({ input_type: "task_run", id });
  }

  #add(input: TaskRunInput): void {
    this.#found.set("id" in input ? input.id : JSON.stringify(input), input);
  }
}

function visitContents(value: object, visit: (item: unknown) => void): void {
  if (Array.isArray(value) || value instanceof Set) value.forEach(visit);
  else if (value instanceof Map) {
    for (const [key, item] of value) {
      visit(key);
      visit(item);
    }
  } else if (isPlainObject(value)) {
    for (const key in value) visit(value[key]);
  }
}

/**
 * Waits for the runs in `value` and puts their values in their places; annotations are taken off.
 * @throws UpstreamTaskError when one of them didn't complete and isn't wrapped in `allowFailure`
 */
export async function resolveInputs<T>(value: T): Promise<T> {
  const futures: RunFuture<unknown>[] = [];
  findFutures(value, futures, new Set());
  await Promise.all(futures.map((future) => future.wait()));
  return (await replace(value, false)) as T; // values take the places of futures of the same type
}

function findFutures(value: unknown, found: RunFuture<unknown>[], seen: Set<object>): void {
  if (typeof value !== "object" || value === null || seen.has(value) || value instanceof Quote) return;
  seen.add(value);
  if (value instanceof RunFuture) found.push(value);
  else if (value instanceof Opaque) {
    if (value.value instanceof RunFuture) found.push(value.value);
  } else if (value instanceof Annotation) findFutures(value.value, found, seen);
  else visitContents(value, (item) => findFutures(item, found, seen));
}

async function replace(value: unknown, allowsFailure: boolean): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof RunFuture) return upstreamValue(value.state, allowsFailure, value);
  if (value instanceof State) return upstreamValue(value, allowsFailure);
  if (value instanceof Quote) return value.value;
  if (value instanceof Opaque) {
    const inner = value.value;
    return inner instanceof RunFuture || inner instanceof State ? replace(inner, allowsFailure) : inner;
  }
  if (value instanceof Annotation) {
    return replace(value.value, allowsFailure || value instanceof AllowFailure);
  }
  return replaceContents(value, allowsFailure);
}

/** Containers without futures in them are passed as they are, so that their identity (and origin) is kept. */
async function replaceContents(value: object, allowsFailure: boolean): Promise<unknown> {
  if (!holdsResolvable(value, new Set())) return value;
  const replaceItem = (item: unknown) => replace(item, allowsFailure);
  if (Array.isArray(value)) return Promise.all(Array.from(value, replaceItem));
  if (value instanceof Set) return new Set(await Promise.all(Array.from(value, replaceItem)));
  if (value instanceof Map) {
    return new Map(
      await Promise.all(
        Array.from(value, async ([key, item]) => [await replaceItem(key), await replaceItem(item)] as const),
      ),
    );
  }
  const entries = Object.entries(value).map(async ([key, item]) => [key, await replaceItem(item)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function holdsResolvable(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  if (value instanceof RunFuture || value instanceof State || value instanceof Annotation) return true;
  seen.add(value);
  let holds = false;
  visitContents(value, (item) => {
    holds ||= holdsResolvable(item, seen);
  });
  return holds;
}

async function upstreamValue(
  state: State,
  allowsFailure: boolean,
  future?: RunFuture<unknown>,
): Promise<unknown> {
  if (state.isCompleted()) return future ? future.result() : state.result();
  const isFailure = state.isFailed() || (state.isPending() && state.name === "NotReady");
  if (!allowsFailure || !isFailure) {
    throw new UpstreamTaskError(upstreamMessage(state, future), { cause: state.data });
  }
  if (state.isFinal()) return state.result({ raiseOnFailure: false });
  return future ? future.result({ raiseOnFailure: false }) : state.data;
}

function upstreamMessage(state: State, future?: RunFuture<unknown>): string {
  const id = future instanceof FlowRunFuture ? future.flowRunId : (state.details.task_run_id ?? "unknown");
  const kind = future instanceof FlowRunFuture ? "flow" : "task";
  return `Upstream ${kind} run '${id}' did not reach a 'COMPLETED' state.`;
}
