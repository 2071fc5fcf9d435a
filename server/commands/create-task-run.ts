import type { TaskRunCreate } from "@sluice/schemas";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import type { TaskRunCreateAnswer } from "./insert-task-runs.ts";

/**
 * Makes a task run in its first state, or finds the one of the same flow run, task key and dynamic key.
 * @throws StoreConflictError when its flow run does not exist
 */
export async function createTaskRun(
  { runs }: CommandContext,
  caller: Caller,
  body: TaskRunCreate,
): Promise<TaskRunCreateAnswer> {
  return await runs.createTaskRun({ caller, body });
}
