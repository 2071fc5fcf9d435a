/** Making deployments: an upsert on flow and name (protocol section 5.1). */
import {
  type BlockDocumentId,
  type DeploymentCreate,
  type FlowId,
  type Labels,
  newId,
  type Timestamp,
} from "@sluice/schemas";
import type { Deployment, DeploymentChanges, DeploymentRow } from "../store/deployments.ts";
import type { StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import { changedFields } from "./changed-fields.ts";
import type { CommandContext } from "./context.ts";
import { deploymentEvent } from "./deployment-events.ts";
import { requireLimit, setDeploymentLimit } from "./deployment-limits.ts";
import { requirePool, resolveQueue } from "./deployment-queues.ts";
import { newSchedule } from "./deployment-schedules.ts";
import { jobVariableProblem } from "./deployment-values.ts";
import { Refusal, unprocessable } from "./errors.ts";

/** Which changes of a deployment are told as an update. */
export const TOLD_FIELDS = [
  "description",
  "tags",
  "parameters",
  "parameter_openapi_schema",
  "enforce_parameter_schema",
  "entrypoint",
  "path",
  "pull_steps",
  "work_queue_id",
  "infra_overrides",
  "paused",
  "labels",
  "version",
  "concurrency_limit_id",
  "concurrency_options",
] as const;

/**
 * Makes a deployment, or writes what was sent to the one of that flow and name. Either way its schedules become those
 * that were sent, and its runs that are still to come go.
 *
 * @throws Refusal not_found for an unknown pool or limit, conflict for an unknown block, unprocessable for job variables that don't fit the pool
 * @throws StoreConflictError when the flow does not exist
 */
export async function createDeployment(
  { store, now }: CommandContext,
  caller: Caller,
  body: DeploymentCreate,
): Promise<{ readonly deployment: Deployment; readonly created: boolean }> {
  return await store.transaction(async (tx) => {
    const moment = now();
    await refuseUnfitJobVariables(tx, caller, body);
    if (body.global_concurrency_limit_id) {
      await requireLimit(tx, caller, body.global_concurrency_limit_id, moment);
    }
    const queueId = await resolveQueue(tx, caller, body, now);
    await requireBlock(tx, caller, "infrastructure", body.infrastructure_document_id);
    await requireBlock(tx, caller, "storage", body.storage_document_id);
    const labels = await deploymentLabels(tx, caller, body.flow_id, body.labels ?? {});
    const changes = { ...sentColumns(body, moment), labels, ...(queueId && { work_queue_id: queueId }) };
    const row = newDeployment(caller, body, changes, moment);
    const before = await tx.deployments.lockByName(caller.workspace_id, body.flow_id, body.name);
    const created = !before && (await tx.deployments.create(row));
    const existing =
      before ??
      (created ? null : await tx.deployments.lockByName(caller.workspace_id, body.flow_id, body.name));
    const id = existing?.id ?? row.id;
    if (existing) {
      await tx.deployments.update(id, { ...changes, updated_by: storedActor(caller) });
      await tx.deployments.deleteScheduledRuns(id, { autoScheduledOnly: true, after: moment });
      await tx.deployments.deleteSchedules(id);
    }
    await tx.deployments.createSchedules(
      body.schedules.map((schedule) =>
        newSchedule(caller, id, { ...schedule, max_scheduled_runs: null }, moment),
      ),
    );
    if (body.concurrency_limit !== undefined) {
      const limited = existing ? { ...existing, ...changes } : row;
      await setDeploymentLimit(tx, caller, limited, body.concurrency_limit, moment);
    }
    const deployment = await readBack(tx, caller, id);
    await tellOfCreation(tx, existing, deployment, moment);
    return { deployment, created: existing === null };
  });
}

/** A deployment after it was written in the same transaction. */
export async function readBack(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  id: Deployment["id"],
): Promise<Deployment> {
  const deployment = await tx.deployments.read(workspace_id, id);
  if (!deployment) throw new Error(`Deployment ${id} is not there although this transaction wrote it`);
  return deployment;
}

async function tellOfCreation(
  tx: StoreTransaction,
  before: Deployment | null,
  after: Deployment,
  moment: Timestamp,
): Promise<void> {
  if (!before) {
    await tx.outbox.append([deploymentEvent("created", after, moment)]);
    return;
  }
  const payload = changedFields(before, after, TOLD_FIELDS);
  if (payload) await tx.outbox.append([deploymentEvent("updated", after, moment, payload)]);
}

async function refuseUnfitJobVariables(
  tx: StoreTransaction,
  caller: Caller,
  { work_pool_name, job_variables = {} }: DeploymentCreate,
): Promise<void> {
  if (!work_pool_name) return;
  const pool = await requirePool(tx, caller, work_pool_name);
  if (Object.keys(job_variables).length === 0) return;
  const problem = jobVariableProblem(pool.base_job_template, [job_variables], { ignoreRequired: true });
  if (problem !== null) throw unprocessable(`Error creating deployment: ${problem}`);
}

/** @throws Refusal conflict: a specification that names a block of another server is the usual reason */
async function requireBlock(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  kind: "infrastructure" | "storage",
  id: BlockDocumentId | null | undefined,
): Promise<void> {
  if (!id) return;
  const found = await tx.blockDocuments.read(workspace_id, id);
  if (found) return;
  throw new Refusal(
    "conflict",
    `Error creating deployment. Could not find ${kind} block with id: ${id}. This usually occurs when applying a` +
      " deployment specification that was built against a different Prefect database / workspace.",
  );
}

/** The flow's labels, the system's, and on top those of the user. */
async function deploymentLabels(
  tx: StoreTransaction,
  { workspace_id }: Caller,
  flowId: FlowId,
  labels: Labels,
): Promise<Labels> {
  const flow = await tx.flows.read(workspace_id, flowId);
  return { ...flow?.labels, "prefect.flow.id": flowId, ...labels };
}

/** The columns that the body speaks of. Parameters count as sent even when they were not. */
function sentColumns(body: DeploymentCreate, moment: Timestamp): DeploymentChanges {
  const { global_concurrency_limit_id: limitId, job_variables } = body;
  return {
    updated: moment,
    parameters: body.parameters ?? {},
    paused: body.paused,
    enforce_parameter_schema: body.enforce_parameter_schema,
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

function newDeployment(
  caller: Caller,
  { name, flow_id }: DeploymentCreate,
  sent: DeploymentChanges,
  moment: Timestamp,
): DeploymentRow {
  return {
    id: newId(),
    workspace_id: caller.workspace_id,
    created: moment,
    updated: moment,
    created_by: storedActor(caller),
    updated_by: null,
    name,
    flow_id,
    version: sent.version ?? null,
    description: sent.description ?? null,
    work_queue_id: sent.work_queue_id ?? null,
    work_queue_name: sent.work_queue_name ?? null,
    infra_overrides: sent.infra_overrides ?? {},
    path: sent.path ?? null,
    entrypoint: sent.entrypoint ?? null,
    last_polled: null,
    status: "NOT_READY",
    paused: sent.paused ?? false,
    concurrency_limit_id: sent.concurrency_limit_id ?? null,
    concurrency_options: sent.concurrency_options ?? null,
    tags: sent.tags ?? [],
    labels: sent.labels ?? {},
    parameters: sent.parameters ?? {},
    pull_steps: sent.pull_steps === undefined ? [] : sent.pull_steps,
    parameter_openapi_schema:
      sent.parameter_openapi_schema === undefined ? {} : sent.parameter_openapi_schema,
    enforce_parameter_schema: sent.enforce_parameter_schema ?? true,
    infrastructure_document_id: sent.infrastructure_document_id ?? null,
    storage_document_id: sent.storage_document_id ?? null,
  };
}
