import { connect } from "../connection.ts";
import { type TaskDefinition, taskDefinition } from "../engine/task-definition.ts";
import { TerminationSignal } from "../engine-signals.ts";
import { DefinitionError } from "../errors.ts";
import { writeTerminalLine } from "../logging/terminal.ts";
import { assertNotImporting } from "../module-import.ts";

export interface ServeTasksOptions {
  /** How many runs go on at once in this process. Default 10. */
  limit?: number;
  /** Ends serving when aborted, as a signal to the process does. */
  signal?: AbortSignal;
}

/** What `task()` gave, whatever its arguments. */
export interface ServedTask {
  readonly taskKey: string;
}

const DEFAULT_LIMIT = 10;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Executes what is delayed of these tasks, in this process, until it is told to stop by SIGTERM, SIGINT or
 * `options.signal`: then it takes no more and resolves when the runs under way have ended. A second signal ends the
 * process at once; its runs are reported Crashed.
 */
export async function serveTasks(
  tasks: readonly ServedTask[],
  options: ServeTasksOptions = {},
): Promise<void> {
  await serveTaskDefinitions(tasks.map(taskDefinition), options);
}

export async function serveTaskDefinitions(
  tasks: readonly TaskDefinition[],
  options: ServeTasksOptions = {},
): Promise<void> {
  const { limit = DEFAULT_LIMIT, signal } = options;
  if (tasks.length === 0) throw new DefinitionError("serveTasks() needs at least one task.");
  if (!Number.isInteger(limit) || limit < 1) {
    throw new DefinitionError(`serveTasks(): limit must be a whole number from 1 up, got ${limit}.`);
  }
  const keys = tasks.map((task) => task.backgroundKey);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) {
    throw new DefinitionError(
      `serveTasks(): two tasks are called '${repeated}'. Give one of them another name, or a backgroundKey.`,
    );
  }
  assertNotImporting("serveTasks()");
  const transport = await connect();
  // Like the connection, loaded when it is needed: it brings the socket library, which threads must not load.
  const { TaskWorker } = await import("./task-worker.ts");
  const worker = new TaskWorker({ transport, tasks, limit });
  const stop = () => worker.stop();
  const onSignal = (name: NodeJS.Signals) => {
    // The next one is for those who guard runs against a crash; this one must not be.
    setImmediate(leaveSignals);
    if (worker.size > 0) {
      writeTerminalLine(
        `${new TerminationSignal(name).message} Finishing ${worker.size} task run(s); again to end at once.`,
      );
    }
    stop();
  };
  const leaveSignals = () => {
    for (const each of SIGNALS) process.off(each, onSignal);
  };
  for (const each of SIGNALS) process.on(each, onSignal);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  try {
    writeTerminalLine(`Serving task(s) ${tasks.map(({ name }) => `'${name}'`).join(", ")}.`);
    await worker.run();
    await transport.flush();
  } finally {
    signal?.removeEventListener("abort", stop);
    leaveSignals();
  }
}
