/** Deleting deployments, with their runs that have not begun and their limits (protocol section 5.1). */
import type { DeploymentId } from "@sluice/schemas";
import type { ObjectFilters } from "../store/filters.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { deploymentEvent } from "./deployment-events.ts";
import { notFound } from "./errors.ts";

/** @throws Refusal not_found */
export async function deleteDeployment(
  context: CommandContext,
  caller: Caller,
  id: DeploymentId,
): Promise<void> {
  const deleted = await context.store.transaction((tx) => deleteOne(tx, caller, id, context.now));
  if (!deleted) throw notFound("Deployment");
}

/** Deletes the first `limit` deployments, by name, that the filter finds. Returns their ids. */
export async function bulkDeleteDeployments(
  { store, now }: CommandContext,
  caller: Caller,
  deployments: ObjectFilters["deployments"],
  limit: number,
): Promise<DeploymentId[]> {
  return await store.transaction(async (tx) => {
    const query = { filters: { deployments }, sort: "NAME_ASC", limit, offset: 0 } as const;
    const found = await tx.deployments.list(caller.workspace_id, query);
    const deleted: DeploymentId[] = [];
    // In the order of ids, in which everybody locks.
    for (const { id } of found.toSorted((left, right) => (left.id < right.id ? -1 : 1))) {
      if (await deleteOne(tx, caller, id, now)) deleted.push(id);
    }
    return found.map(({ id }) => id).filter((id) => deleted.includes(id));
  });
}

async function deleteOne(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  id: DeploymentId,
  now: CommandContext["now"],
): Promise<boolean> {
  const deployment = await tx.deployments.lock(workspace_id, id);
  if (!deployment) return false;
  await tx.deployments.deleteScheduledRuns(id, { autoScheduledOnly: false, after: null });
  if (deployment.concurrency_limit_id) {
    await tx.concurrencyLimits.delete(workspace_id, deployment.concurrency_limit_id);
  }
  await tx.deployments.delete([id]);
  await tx.outbox.append([deploymentEvent("deleted", deployment, now())]);
  return true;
}
