/** Making runs of a deployment (protocol section 5.1). */
import {
  type DeploymentFlowRunCreate,
  type DeploymentId,
  type FlowRunCreateResult,
  MAXIMUM_BULK_FLOW_RUNS,
  type WorkQueueId,
} from "@sluice/schemas";
import { newState } from "../orchestration/states.ts";
import type { Deployment } from "../store/deployments.ts";
import { StoreConflictError } from "../store/errors.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { resolveQueue } from "./deployment-queues.ts";
import { hydrateParameters, jobVariableProblem, refuseUnfitParameters } from "./deployment-values.ts";
import { notFound, Refusal, unprocessable } from "./errors.ts";
import { HydrationError } from "./hydrate-values.ts";
import type { FlowRunCreateAnswer, FlowRunCreateCall } from "./insert-flow-runs.ts";

/** The contract says the same in other words for one run and for many. */
interface RefusalWords {
  readonly unhydrated: string;
  readonly unfit: string;
  readonly noPool: (id: DeploymentId) => string;
}

const ONE: RefusalWords = {
  unhydrated: "Error hydrating flow run parameters: ",
  unfit: "Error creating flow run: ",
  noPool: (id) =>
    `deployment ${id} is not associated with a work pool. Please remove work_pool_name and try again.`,
};

const MANY: RefusalWords = {
  unhydrated: "",
  unfit: "Parameter validation failed: ",
  noPool: () => "deployment is not associated with a work pool.",
};

/**
 * Makes a run with the deployment's values under those of the body, or finds the one of that idempotency key.
 *
 * @throws Refusal not_found, bad_request for parameters that can't be hydrated or a queue without a pool, conflict for
 * parameters that don't fit, unprocessable for job variables that don't
 */
export async function createDeploymentFlowRun(
  context: CommandContext,
  caller: Caller,
  id: DeploymentId,
  body: DeploymentFlowRunCreate,
): Promise<FlowRunCreateAnswer> {
  const deployment = await requireDeployment(context, caller, id);
  return await context.runs.createFlowRun(await flowRunCall(context, caller, deployment, body, ONE));
}

/** Makes runs one by one; one that can't be made does not keep the others. @throws Refusal not_found, bad_request */
export async function createDeploymentFlowRuns(
  context: CommandContext,
  caller: Caller,
  id: DeploymentId,
  bodies: readonly DeploymentFlowRunCreate[],
): Promise<FlowRunCreateResult[]> {
  if (bodies.length > MAXIMUM_BULK_FLOW_RUNS) {
    throw new Refusal("bad_request", `Cannot create more than ${MAXIMUM_BULK_FLOW_RUNS} flow runs at once.`);
  }
  const deployment = await requireDeployment(context, caller, id);
  const results: FlowRunCreateResult[] = [];
  for (const body of bodies) {
    try {
      const { run } = await context.runs.createFlowRun(
        await flowRunCall(context, caller, deployment, body, MANY),
      );
      results.push({ flow_run_id: run.id, status: "CREATED", error: null });
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof StoreConflictError)) throw error;
      results.push({ flow_run_id: null, status: "FAILED", error: error.message });
    }
  }
  return results;
}

async function requireDeployment(
  { store }: CommandContext,
  { workspace_id }: Caller,
  id: DeploymentId,
): Promise<Deployment> {
  const deployment = await store.reads.deployments.read(workspace_id, id);
  if (!deployment) throw notFound("Deployment");
  return deployment;
}

async function flowRunCall(
  { store, now }: CommandContext,
  caller: Caller,
  deployment: Deployment,
  body: DeploymentFlowRunCreate,
  words: RefusalWords,
): Promise<FlowRunCreateCall> {
  const parameters = await settledParameters(store.reads, caller, deployment, body, words);
  refuseUnfitJobVariables(deployment, body);
  const queue = await queueOf(store, caller, deployment, body, { now, words });
  const { enforce_parameter_schema: _, work_queue_name: __, ...rest } = body;
  return {
    caller,
    body: {
      ...rest,
      parameters,
      flow_id: deployment.flow_id,
      flow_version: null,
      deployment_id: deployment.id,
      state: body.state ?? newState("SCHEDULED"),
      tags: [...new Set([...deployment.tags, ...body.tags])],
      infrastructure_document_id: body.infrastructure_document_id ?? deployment.infrastructure_document_id,
      work_pool_name: null,
      work_queue_name: null,
    },
    queue,
    deployment: { version: deployment.version, labels: deployment.labels },
  };
}

async function settledParameters(
  reads: CommandContext["store"]["reads"],
  caller: Caller,
  deployment: Deployment,
  body: DeploymentFlowRunCreate,
  words: RefusalWords,
) {
  const layered = { ...deployment.parameters, ...body.parameters };
  const parameters = await hydrateParameters(reads, caller, layered).catch((error: unknown) => {
    if (!(error instanceof HydrationError)) throw error;
    throw new Refusal("bad_request", `${words.unhydrated}${error.message}`);
  });
  if (body.enforce_parameter_schema ?? deployment.enforce_parameter_schema) {
    const refusal = { code: "conflict", prefix: words.unfit } as const;
    refuseUnfitParameters(parameters, deployment.parameter_openapi_schema, refusal);
  }
  return parameters;
}

function refuseUnfitJobVariables(deployment: Deployment, { job_variables }: DeploymentFlowRunCreate): void {
  if (!deployment.work_pool) return;
  const layers = [deployment.infra_overrides, job_variables ?? {}];
  const problem = jobVariableProblem(deployment.work_pool.base_job_template, layers);
  if (problem !== null) throw unprocessable(`Error creating flow run: ${problem}`);
}

interface RunQueue {
  readonly work_queue_id: WorkQueueId | null;
  readonly work_queue_name: string | null;
}

async function queueOf(
  store: CommandContext["store"],
  caller: Caller,
  { id, work_pool, work_queue_id, work_queue_name }: Deployment,
  { work_queue_name: asked }: DeploymentFlowRunCreate,
  { now, words }: { readonly now: CommandContext["now"]; readonly words: RefusalWords },
): Promise<RunQueue> {
  if (!asked) return { work_queue_id, work_queue_name };
  if (!work_pool) {
    throw new Refusal(
      "bad_request",
      `Cannot create flow run in work queue ${asked} because ${words.noPool(id)}`,
    );
  }
  const names = { work_pool_name: work_pool.name, work_queue_name: asked };
  const existing = await store.reads.workQueues.readByName(caller.workspace_id, work_pool.name, asked);
  const queueId = existing?.id ?? (await store.transaction((tx) => resolveQueue(tx, caller, names, now)));
  return { work_queue_id: queueId, work_queue_name: asked };
}
