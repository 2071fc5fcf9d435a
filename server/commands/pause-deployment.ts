/** Stopping and starting a deployment's schedules (protocol section 5.1). */
import type { DeploymentId } from "@sluice/schemas";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { lockDeployment } from "./deployment-schedules.ts";

/** Keeps schedules from making runs, and deletes the runs they made, overdue ones too. @throws Refusal not_found */
export async function pauseDeployment(
  { store, now }: CommandContext,
  caller: Caller,
  id: DeploymentId,
): Promise<void> {
  await store.transaction(async (tx) => {
    await lockDeployment(tx, caller, id, "Deployment not found");
    await tx.deployments.update(id, { paused: true, updated: now(), updated_by: storedActor(caller) });
    await tx.deployments.deleteScheduledRuns(id, { autoScheduledOnly: true, after: null });
  });
}

/** @throws Refusal not_found */
export async function resumeDeployment(
  { store, now }: CommandContext,
  caller: Caller,
  id: DeploymentId,
): Promise<void> {
  await store.transaction(async (tx) => {
    await lockDeployment(tx, caller, id, "Deployment not found");
    await tx.deployments.update(id, { paused: false, updated: now(), updated_by: storedActor(caller) });
  });
}
