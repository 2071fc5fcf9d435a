/** The runner of tasks that are submitted outside of flows. */
import { ConcurrentTaskRunner } from "./concurrent-task-runner.ts";
import type { TaskRunner } from "./task-runner.ts";

let runner: TaskRunner | null = null;

export function defaultTaskRunner(): TaskRunner {
  runner ??= new ConcurrentTaskRunner();
  return runner;
}
