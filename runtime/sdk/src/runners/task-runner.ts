/** Where and when submitted tasks run. */
import type { TaskScope } from "../task-scope.ts";

/** The part of a task that a runner needs. */
export interface RunnableTask {
  readonly name: string;
  /** The bare function. */
  readonly fn: (...args: never[]) => unknown;
  /** Module in which the task was declared, as a URL; null when unknown. */
  readonly moduleUrl: string | null;
  /** Identifies the function's code. */
  readonly taskKey: string;
  /** The callable that `task()` gave. */
  readonly callable: object;
}

/**
 * Runs the tasks that a flow submits. A runner given to a flow is a template: every run of the flow gets its own
 * {@link TaskRunner.duplicate}, closed when the run ends.
 */
export interface TaskRunner {
  /** A fresh runner with the same settings. */
  duplicate(): TaskRunner;
  /** Calls `body` when there is room, and gives what it gives. `depth` counts the submitted runs around it. */
  admit<T>(body: () => Promise<T>, depth: number): Promise<T>;
  /**
   * Runs one attempt of a task's function somewhere else than here. Absent: functions run in place.
   * @throws what the function throws
   */
  execute?(task: RunnableTask, args: readonly unknown[], scope: TaskScope): Promise<unknown>;
  /** Lets go of threads and timers. Work that hasn't started is given up. */
  close(): Promise<void>;
}
