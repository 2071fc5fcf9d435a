/** One task run's place in the async context: what code inside of the task can ask for. */
import type { Interruption } from "./interruption.ts";
import type { TaskRun } from "./task-run.ts";

export interface TaskScope {
  readonly taskName: string;
  readonly taskRun: TaskRun;
  /** The arguments by parameter name, resolved. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly interruption: Interruption;
  /** How many task runs of a task runner are around this one; runners use it to avoid deadlock. */
  readonly depth: number;
}
