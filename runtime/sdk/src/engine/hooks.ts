/** Calling state hooks, and telling of errors in user code. */
import { describeError } from "../errors.ts";
import type { RunLogger } from "../logging/run-logger.ts";
import type { State } from "../states.ts";
import { SDK_FOLDER } from "../definition-site.ts";
import type { Hook } from "./hook.ts";

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

/** The error for logs, with its stack up to where the SDK called user code. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error && error.stack)) return describeError(error);
  return error.stack
    .split("\n")
    .filter((line) => !line.includes(SDK_FOLDER) && !line.includes("node:internal/"))
    .join("\n");
}
