import type { TaskRunId, TaskRunUpdate } from "@sluice/schemas";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { notFound } from "./errors.ts";
import { inventName } from "./random-names.ts";

/** @throws Refusal not_found */
export async function updateTaskRun(
  { store, now, random }: CommandContext,
  caller: Caller,
  id: TaskRunId,
  { name }: TaskRunUpdate,
): Promise<void> {
  const named = name === undefined ? {} : { name: name || inventName(random) };
  const changes = { ...named, updated: now(), updated_by: storedActor(caller) };
  const run = await store.transaction((tx) => tx.taskRuns.update(caller.workspace_id, id, changes));
  if (!run) throw notFound("Task run");
}

/** Deletes a task run with its states, logs and artifacts. @throws Refusal not_found */
export async function deleteTaskRun({ store }: CommandContext, caller: Caller, id: TaskRunId): Promise<void> {
  const deleted = await store.transaction((tx) => tx.taskRuns.delete(caller.workspace_id, [id]));
  if (deleted.length === 0) throw notFound("Task");
}
