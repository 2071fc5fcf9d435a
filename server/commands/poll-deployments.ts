/** What asking for a deployment's runs says about it: somebody is there to run them (protocol sections 5.5 and 5.6). */
import type { DeploymentId, Timestamp, WorkQueueId, WorkspaceId } from "@sluice/schemas";
import type { DeploymentReference } from "../store/deployments.ts";
import type { CommandContext } from "./context.ts";
import { deploymentEvent } from "./deployment-events.ts";

/** Notes that runs of deployments, or of queues of deployments, were asked for; they are READY from then on. */
export async function markDeploymentsPolled(
  { store, now }: CommandContext,
  workspaceId: WorkspaceId,
  which: { readonly ids?: readonly DeploymentId[]; readonly workQueueIds?: readonly WorkQueueId[] },
): Promise<void> {
  await store.transaction(async (tx) => {
    const moment = now();
    for (const id of await tx.deployments.markPolled(workspaceId, which, moment)) {
      const deployment = await tx.deployments.read(workspaceId, id);
      if (deployment) await tx.outbox.append([deploymentEvent("ready", deployment, moment)]);
    }
  });
}

/** Makes a deployment NOT_READY, unless somebody has asked for its runs since the moment. */
export async function markDeploymentUnpolled(
  { store, now }: CommandContext,
  { id, workspace_id }: DeploymentReference,
  unpolledSince: Timestamp,
): Promise<void> {
  await store.transaction(async (tx) => {
    const deployment = await tx.deployments.lock(workspace_id, id);
    if (!deployment || !(await tx.deployments.markNotReady(id, unpolledSince))) return;
    await tx.outbox.append([deploymentEvent("not-ready", deployment, now())]);
  });
}
