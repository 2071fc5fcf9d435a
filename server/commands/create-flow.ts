import { type FlowCreate, newId } from "@sluice/schemas";
import type { Flow } from "../store/flows.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";

/** Makes the flow of this name, or finds it and leaves it as it is. Most calls find one: every run begins with this. */
export async function createFlow(
  { store, now }: CommandContext,
  caller: Caller,
  body: FlowCreate,
): Promise<{ readonly flow: Flow; readonly created: boolean }> {
  const existing = await store.reads.flows.readByName(caller.workspace_id, body.name);
  if (existing) return { flow: existing, created: false };
  const moment = now();
  const flow: Flow = {
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    name: body.name,
    tags: body.tags,
    labels: body.labels,
    created_by: storedActor(caller),
    updated_by: null,
  };
  return await store.transaction((tx) => tx.flows.create(flow));
}
