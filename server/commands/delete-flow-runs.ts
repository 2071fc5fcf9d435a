import type { FlowRunId } from "@sluice/schemas";
import type { ObjectFilters } from "../store/filters.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { notFound } from "./errors.ts";

/** Deletes a run and what hangs on it; slots that it held are free again. @throws Refusal not_found */
export async function deleteFlowRun({ store }: CommandContext, caller: Caller, id: FlowRunId): Promise<void> {
  const deleted = await store.transaction((tx) => tx.flowRuns.delete(caller.workspace_id, [id]));
  if (deleted.length === 0) throw notFound("Flow run");
}

/** Deletes the newest `limit` runs that the filter finds. Returns their ids. */
export async function bulkDeleteFlowRuns(
  { store }: CommandContext,
  { workspace_id }: Caller,
  filter: ObjectFilters["flow_runs"],
  limit: number,
): Promise<FlowRunId[]> {
  return await store.transaction(async (tx) => {
    const query = { filters: { flow_runs: filter }, sort: "ID_DESC", limit, offset: 0 } as const;
    const found = await tx.flowRuns.list(workspace_id, query);
    if (found.length === 0) return [];
    return await tx.flowRuns.delete(
      workspace_id,
      found.map(({ id }) => id),
    );
  });
}
