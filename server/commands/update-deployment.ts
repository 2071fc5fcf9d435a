/** Changing deployments: only what is sent (protocol section 5.1). */
import type { DeploymentId, DeploymentUpdate, JsonObject, Timestamp } from "@sluice/schemas";
import {
  planScheduleUpdate,
  type ScheduleUpdatePlan,
} from "../orchestration/schedules/plan-schedule-update.ts";
import type { Deployment, DeploymentChanges } from "../store/deployments.ts";
import type { StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import { changedFields } from "./changed-fields.ts";
import type { CommandContext } from "./context.ts";
import { readBack, TOLD_FIELDS } from "./create-deployment.ts";
import { deploymentEvent } from "./deployment-events.ts";
import { requireLimit, setDeploymentLimit } from "./deployment-limits.ts";
import { requirePool, resolveQueue } from "./deployment-queues.ts";
import { lockDeployment, newSchedule, scheduleChanges } from "./deployment-schedules.ts";
import { hydrateParameters, jobVariableProblem, refuseUnfitParameters } from "./deployment-values.ts";
import { Refusal, refuseNulls, unprocessable } from "./errors.ts";
import { HydrationError } from "./hydrate-values.ts";

/**
 * Writes the keys that are present, and deletes the runs that are still to come: they were made from what was.
 *
 * @throws Refusal not_found, bad_request for parameters that can't be hydrated, conflict for values that don't fit,
 * unprocessable for schedules that can't be told apart
 */
export async function updateDeployment(
  { store, now }: CommandContext,
  caller: Caller,
  id: DeploymentId,
  body: DeploymentUpdate,
): Promise<void> {
  await store.transaction(async (tx) => {
    const before = await lockDeployment(tx, caller, id);
    const moment = now();
    const plan = planScheduleUpdate(before.schedules, body.schedules);
    if (plan.kind === "refuse") throw unprocessable(plan.reason);
    await refuseUnfitJobVariables(tx, caller, body);
    const parameters = await settledParameters(tx, caller, before, body);
    if (body.global_concurrency_limit_id) {
      await requireLimit(tx, caller, body.global_concurrency_limit_id, moment);
    }
    const changes = {
      ...sentColumns(body, parameters),
      ...(await queueChange(tx, caller, body, now)),
      updated: moment,
      updated_by: storedActor(caller),
    };
    await tx.deployments.update(id, changes);
    await tx.deployments.deleteScheduledRuns(id, { autoScheduledOnly: true, after: moment });
    await applySchedules(tx, caller, id, plan, moment);
    if (body.concurrency_limit !== undefined) {
      await setDeploymentLimit(tx, caller, { ...before, ...changes }, body.concurrency_limit, moment);
    }
    const after = await readBack(tx, caller, id);
    const payload = changedFields(before, after, TOLD_FIELDS);
    if (payload) await tx.outbox.append([deploymentEvent("updated", after, moment, payload)]);
  });
}

async function refuseUnfitJobVariables(
  tx: StoreTransaction,
  caller: Caller,
  { work_pool_name, job_variables }: DeploymentUpdate,
): Promise<void> {
  if (!work_pool_name) return;
  const pool = await requirePool(tx, caller, work_pool_name);
  if (!job_variables) return;
  const problem = jobVariableProblem(pool.base_job_template, [job_variables], { ignoreRequired: true });
  if (problem !== null) throw new Refusal("conflict", `Error creating deployment: ${problem}`);
}

/** The parameters to write; undefined when none were sent. Those that stay must fit the schema too. */
async function settledParameters(
  tx: StoreTransaction,
  caller: Caller,
  before: Deployment,
  body: DeploymentUpdate,
): Promise<JsonObject | undefined> {
  const sent = body.parameters ? await hydrated(tx, caller, body.parameters) : undefined;
  if (body.enforce_parameter_schema ?? before.enforce_parameter_schema) {
    const proposed = body.parameter_openapi_schema;
    const hasProposed = proposed && Object.keys(proposed).length > 0;
    const schema = hasProposed ? proposed : before.parameter_openapi_schema;
    const refusal = { code: "conflict", prefix: "Error updating deployment: " } as const;
    refuseUnfitParameters(sent ?? before.parameters, schema, refusal, { ignoreRequired: true });
  }
  return sent;
}

async function hydrated(tx: StoreTransaction, caller: Caller, parameters: JsonObject): Promise<JsonObject> {
  try {
    return await hydrateParameters(tx, caller, parameters);
  } catch (error) {
    if (!(error instanceof HydrationError)) throw error;
    throw new Refusal("bad_request", `Error hydrating deployment parameters: ${error.message}`);
  }
}

/** A pool named null takes the deployment out of its queue. */
async function queueChange(
  tx: StoreTransaction,
  caller: Caller,
  body: DeploymentUpdate,
  now: CommandContext["now"],
): Promise<Pick<DeploymentChanges, "work_queue_id">> {
  if (body.work_pool_name === null) return { work_queue_id: null };
  const queueId = await resolveQueue(tx, caller, body, now);
  return queueId === null ? {} : { work_queue_id: queueId };
}

function sentColumns(body: DeploymentUpdate, parameters: JsonObject | undefined): DeploymentChanges {
  const { global_concurrency_limit_id: limitId, job_variables } = body;
  const { enforce_parameter_schema } = refuseNulls(body, ["enforce_parameter_schema", "parameters"]);
  return {
    parameters,
    enforce_parameter_schema,
    paused: body.paused,
    tags: body.tags,
    version: body.version,
    description: body.description,
    path: body.path,
    entrypoint: body.entrypoint,
    pull_steps: body.pull_steps,
    parameter_openapi_schema: body.parameter_openapi_schema,
    concurrency_options: body.concurrency_options,
    work_queue_name: body.work_queue_name,
    infrastructure_document_id: body.infrastructure_document_id,
    storage_document_id: body.storage_document_id,
    ...(limitId !== undefined && { concurrency_limit_id: limitId }),
    ...(job_variables && { infra_overrides: job_variables }),
  };
}

async function applySchedules(
  tx: StoreTransaction,
  caller: Caller,
  id: DeploymentId,
  plan: Exclude<ScheduleUpdatePlan, { readonly kind: "refuse" }>,
  moment: Timestamp,
): Promise<void> {
  if (plan.kind === "keep") return;
  if (plan.kind === "replace") await tx.deployments.deleteSchedules(id);
  else await patchSchedules(tx, id, plan.patch, moment);
  const created = plan.create.map(({ schedule, active, parameters, slug }) =>
    newSchedule(caller, id, { schedule, active: active ?? true, parameters, slug: slug ?? null }, moment),
  );
  await tx.deployments.createSchedules(created);
}

async function patchSchedules(
  tx: StoreTransaction,
  id: DeploymentId,
  patches: Extract<ScheduleUpdatePlan, { readonly kind: "patch" }>["patch"],
  moment: Timestamp,
): Promise<void> {
  // Names that are given up come free first, so that schedules can swap theirs.
  for (const patch of patches) {
    if (patch.changes.replaces)
      await tx.deployments.updateSchedule(id, patch.id, { slug: null, updated: moment });
  }
  for (const patch of patches) {
    await tx.deployments.updateSchedule(id, patch.id, scheduleChanges(patch.changes, moment));
  }
}
