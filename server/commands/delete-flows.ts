import type { FlowId } from "@sluice/schemas";
import type { ObjectFilters } from "../store/filters.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { notFound } from "./errors.ts";

/** Deletes a flow with its deployments, its runs and all that hangs on them. @throws Refusal not_found */
export async function deleteFlow({ store }: CommandContext, caller: Caller, id: FlowId): Promise<void> {
  const deleted = await store.transaction((tx) => tx.flows.delete(caller.workspace_id, [id]));
  if (deleted.length === 0) throw notFound("Flow");
}

/** Deletes the first `limit` flows, by name, that the filter finds. Returns their ids. */
export async function bulkDeleteFlows(
  { store }: CommandContext,
  { workspace_id }: Caller,
  filter: ObjectFilters["flows"],
  limit: number,
): Promise<FlowId[]> {
  return await store.transaction(async (tx) => {
    const query = { filters: { flows: filter }, sort: "NAME_ASC", limit, offset: 0 } as const;
    const found = await tx.flows.list(workspace_id, query);
    if (found.length === 0) return [];
    const deleted = await tx.flows.delete(
      workspace_id,
      found.map(({ id }) => id),
    );
    return deleted.map(({ id }) => id);
  });
}
