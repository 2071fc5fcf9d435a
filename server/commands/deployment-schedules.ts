/** The schedules of a deployment: adding, changing and taking them away (protocol section 5.1). */
import {
  type DeploymentId,
  type DeploymentScheduleCreate,
  type DeploymentScheduleId,
  type DeploymentScheduleUpdate,
  newId,
  type ProposedSchedule,
  type Schedule,
  type Timestamp,
} from "@sluice/schemas";
import { anchoredRecurrence } from "../orchestration/schedules/recurrence-anchor.ts";
import type { Deployment, DeploymentSchedule } from "../store/deployments.ts";
import { StoreConflictError } from "../store/errors.ts";
import type { StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal } from "./errors.ts";

export type NewSchedule = Pick<DeploymentScheduleCreate, "schedule"> & Partial<DeploymentScheduleCreate>;

/** Adds schedules. @throws Refusal not_found, conflict for a slug that is taken */
export async function createDeploymentSchedules(
  { store, now }: CommandContext,
  caller: Caller,
  id: DeploymentId,
  bodies: readonly DeploymentScheduleCreate[],
): Promise<DeploymentSchedule[]> {
  try {
    return await store.transaction(async (tx) => {
      await lockDeployment(tx, caller, id);
      const moment = now();
      const schedules = bodies.map((body) => newSchedule(caller, id, body, moment));
      await tx.deployments.createSchedules(schedules);
      await tx.deployments.update(id, { updated: moment });
      return schedules;
    });
  } catch (error) {
    if (!(error instanceof StoreConflictError)) throw error;
    throw new Refusal("conflict", "Schedule slugs must be unique within a deployment.");
  }
}

/** @throws Refusal not_found */
export async function updateDeploymentSchedule(
  { store, now }: CommandContext,
  caller: Caller,
  reference: { readonly id: DeploymentId; readonly schedule_id: DeploymentScheduleId },
  body: DeploymentScheduleUpdate,
): Promise<void> {
  const { id, schedule_id } = reference;
  await store.transaction(async (tx) => {
    await lockDeployment(tx, caller, id);
    const moment = now();
    const changed = await tx.deployments.updateSchedule(id, schedule_id, scheduleChanges(body, moment));
    if (!changed) throw new Refusal("not_found", "Schedule not found.");
    await tx.deployments.deleteScheduledRuns(id, { autoScheduledOnly: true, after: moment });
    await tx.deployments.update(id, { updated: moment });
  });
}

/** @throws Refusal not_found */
export async function deleteDeploymentSchedule(
  { store, now }: CommandContext,
  caller: Caller,
  { id, schedule_id }: { readonly id: DeploymentId; readonly schedule_id: DeploymentScheduleId },
): Promise<void> {
  await store.transaction(async (tx) => {
    await lockDeployment(tx, caller, id);
    const deleted = await tx.deployments.deleteSchedules(id, schedule_id);
    if (deleted === 0) throw new Refusal("not_found", "Schedule not found.");
    await tx.deployments.deleteScheduledRuns(id, { autoScheduledOnly: true, after: null });
    await tx.deployments.update(id, { updated: now() });
  });
}

/** @throws Refusal not_found */
export async function lockDeployment(
  tx: StoreTransaction,
  { workspace_id }: Pick<Caller, "workspace_id">,
  id: DeploymentId,
  words = "Deployment not found.",
): Promise<Deployment> {
  const deployment = await tx.deployments.lock(workspace_id, id);
  if (!deployment) throw new Refusal("not_found", words);
  return deployment;
}

export function newSchedule(
  caller: Caller,
  deploymentId: DeploymentId,
  body: NewSchedule,
  moment: Timestamp,
): DeploymentSchedule {
  return {
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    created_by: storedActor(caller),
    updated_by: null,
    deployment_id: deploymentId,
    schedule: settledSchedule(body.schedule, moment),
    active: body.active ?? true,
    max_scheduled_runs: body.max_scheduled_runs ?? null,
    parameters: body.parameters ?? {},
    slug: body.slug ?? null,
  };
}

/** What an update of a schedule writes: null leaves what is there, parameters are always written. */
export function scheduleChanges(
  { schedule, active, max_scheduled_runs, parameters = {}, slug }: DeploymentScheduleUpdate,
  moment: Timestamp,
): Parameters<StoreTransaction["deployments"]["updateSchedule"]>[2] {
  return {
    updated: moment,
    parameters,
    ...(schedule && { schedule: settledSchedule(schedule, moment) }),
    ...(active != null && { active }),
    ...(max_scheduled_runs != null && { max_scheduled_runs }),
    ...(slug != null && { slug }),
  };
}

/** The schedule as it is kept: whatever it left to the server is spelled out, so that it means the same for ever. */
function settledSchedule(schedule: ProposedSchedule, moment: Timestamp): Schedule {
  if ("interval" in schedule) return { ...schedule, anchor_date: schedule.anchor_date ?? moment };
  if ("rrule" in schedule) return { ...schedule, rrule: anchoredRecurrence(schedule, moment) };
  return schedule;
}
