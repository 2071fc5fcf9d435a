/**
 * Where in the tree of runs the current code is: carried along by async context, so that many runs can be under way in
 * one process without knowing of each other.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { FlowScope } from "./flow-scope.ts";
import type { TaskScope } from "./task-scope.ts";
import type { Transport } from "./transport/transport.ts";
import type { DryRun } from "./visualization/dry-run.ts";

export interface RunContext {
  readonly flow: FlowScope | null;
  readonly task: TaskScope | null;
  /** Added to every run that starts here. */
  readonly tags: readonly string[];
  /** Whether console output is logged here; null where nobody has said. */
  readonly logPrints: boolean | null;
  /** Set while a flow is drawn instead of run. */
  readonly dryRun: DryRun | null;
  /** Speaks to the server here, instead of the process's own connection. */
  readonly transport: Transport | null;
}

const OUTSIDE: RunContext = {
  flow: null,
  task: null,
  tags: [],
  logPrints: null,
  dryRun: null,
  transport: null,
};

const storage = new AsyncLocalStorage<RunContext>();

export function currentContext(): RunContext {
  return storage.getStore() ?? OUTSIDE;
}

export function runInContext<R>(context: RunContext, body: () => R): R {
  return storage.run(context, body);
}

/** Runs `body` in the current context with some parts replaced. */
export function runWithContext<R>(changes: Partial<RunContext>, body: () => R): R {
  return storage.run({ ...currentContext(), ...changes }, body);
}

/**
 * Adds tags to every task run and flow run that starts inside of `body`.
 *
 * ```ts
 * await tags("nightly", "eu", () => animalFacts({ animals: ["cat"] }));
 * ```
 */
export function tags<R>(...args: [...tags: string[], body: () => R]): R {
  // The tuple type says that the last argument is the body and all before are strings.
  const body = args.at(-1) as () => R;
  const added = args.slice(0, -1) as string[];
  return runWithContext({ tags: [...new Set([...currentContext().tags, ...added])] }, body);
}
