/** What people and other flows send to a run while it runs (protocol section 9.4). */
import { type FlowRunId, newId, type RunInputCreate } from "@sluice/schemas";
import { StoreConflictError } from "../store/errors.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { notFound, Refusal } from "./errors.ts";

/** @throws Refusal not_found for an unknown run, conflict for a key that the run has */
export async function createRunInput(
  { store, now }: CommandContext,
  { workspace_id }: Caller,
  flowRunId: FlowRunId,
  body: RunInputCreate,
): Promise<void> {
  const moment = now();
  const input = {
    id: newId<"run-input">(),
    workspace_id,
    created: moment,
    updated: moment,
    flow_run_id: flowRunId,
    key: body.key,
    value: body.value,
    sender: body.sender,
  };
  try {
    await store.transaction(async (tx) => {
      if (!(await tx.flowRuns.read(workspace_id, flowRunId))) throw notFound("Flow run");
      await tx.flowRunInputs.create(input);
    });
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    throw new Refusal("conflict", "A flow run input with this key already exists.");
  }
}

/** @throws Refusal not_found */
export async function deleteRunInput(
  { store }: CommandContext,
  { workspace_id }: Caller,
  flowRunId: FlowRunId,
  key: string,
): Promise<void> {
  const existed = await store.transaction((tx) => tx.flowRunInputs.delete(workspace_id, flowRunId, key));
  if (!existed) throw notFound("Flow run input");
}
