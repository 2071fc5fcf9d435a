/** State hooks: user functions that are called when a run enters a state. */
import { describeError } from "../errors.ts";
import type { RunLogger } from "../logging/run-logger.ts";
import type { State } from "../states.ts";

/** A hook whose first two arguments are bound by its caller. */
export type Hook<Definition, Run> = (definition: Definition, run: Run, state: State) => unknown;

/** Calls hooks one after the other. A hook that fails is logged and doesn't change how the run goes on. */
export async function callHooks<Definition, Run>(
  hooks: readonly Hook<Definition, Run>[],
  definition: Definition,
  run: Run,
  state: State,
  logger: RunLogger,
): Promise<void> {
  for (const hook of hooks) {
    const name = hook.name || "anonymous";
    logger.info(`Running hook '${name}' in response to entering state '${state.name}'`);
    try {
      await hook(definition, run, state);
      logger.info(`Hook '${name}' finished running successfully`);
    } catch (error) {
      logger.error(`An error was encountered while running hook '${name}': ${stackOf(error)}`);
    }
  }
}

/** One or many hooks, as options take them. */
export function hookList<H>(hooks: H | readonly H[] | undefined): readonly H[] {
  if (hooks === undefined) return [];
  return Array.isArray(hooks) ? hooks : [hooks as H]; // not an array, so it is one hook
}

/** The error with its stack for logs. */
export function stackOf(error: unknown): string {
  return error instanceof Error && error.stack ? error.stack : describeError(error);
}
