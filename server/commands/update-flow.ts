import type { FlowId, FlowUpdate } from "@sluice/schemas";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { notFound } from "./errors.ts";

/** @throws Refusal not_found */
export async function updateFlow(
  { store, now }: CommandContext,
  caller: Caller,
  id: FlowId,
  body: FlowUpdate,
): Promise<void> {
  const changes = { ...body, updated: now(), updated_by: storedActor(caller) };
  const flow = await store.transaction((tx) => tx.flows.update(caller.workspace_id, id, changes));
  if (!flow) throw notFound("Flow");
}
