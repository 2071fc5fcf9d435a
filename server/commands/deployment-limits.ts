/** The concurrency limit of a deployment: its own, named after it, or a global one that it shares (protocol section 3.9). */
import {
  type ConcurrencyLimitId,
  INITIAL_SLOT_OCCUPANCY_SECONDS,
  newId,
  type Timestamp,
} from "@sluice/schemas";
import type { Deployment } from "../store/deployments.ts";
import type { StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import { notFound } from "./errors.ts";

/** @throws Refusal not_found */
export async function requireLimit(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  id: ConcurrencyLimitId,
  moment: Timestamp,
): Promise<void> {
  const limit = await tx.concurrencyLimits.read(workspace_id, id, moment);
  if (!limit) throw notFound("Concurrency limit");
}

/** Gives a deployment a limit of that many runs, changes the one it has, or with null takes it away. */
export async function setDeploymentLimit(
  tx: StoreTransaction,
  caller: Caller,
  { id, concurrency_limit_id }: Pick<Deployment, "id" | "concurrency_limit_id">,
  limit: number | null,
  moment: Timestamp,
): Promise<void> {
  const { workspace_id } = caller;
  if (limit === null) {
    if (concurrency_limit_id !== null) await tx.concurrencyLimits.delete(workspace_id, concurrency_limit_id);
    return;
  }
  if (concurrency_limit_id !== null) {
    await tx.concurrencyLimits.update(workspace_id, concurrency_limit_id, { limit, updated: moment });
    return;
  }
  const limitId = newId<"concurrency-limit">();
  await tx.concurrencyLimits.create({
    id: limitId,
    workspace_id,
    created: moment,
    updated: moment,
    created_by: storedActor(caller),
    updated_by: null,
    active: true,
    name: `deployment:${id}`,
    limit,
    denied_slots: 0,
    slot_decay_per_second: 0,
    decaying_slots: 0,
    decaying_since: moment,
    avg_slot_occupancy_seconds: INITIAL_SLOT_OCCUPANCY_SECONDS,
  });
  await tx.deployments.update(id, { concurrency_limit_id: limitId });
}
