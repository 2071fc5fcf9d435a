import {
  type FlowId,
  type FlowRunCreate,
  type Labels,
  NO_TIME,
  newId,
  type ProposedState,
  type Timestamp,
  type WorkQueueId,
} from "@sluice/schemas";
import { decideFlowRunTransition } from "../orchestration/decide-flow-run-transition.ts";
import type { FlowRunDecision } from "../orchestration/decision.ts";
import { newState } from "../orchestration/states.ts";
import type { FlowRun, NewFlowRun } from "../store/flow-runs.ts";
import type { StoreTransaction } from "../store/store.ts";
import { type Caller, storedActor } from "./caller.ts";
import { inventName } from "./random-names.ts";
import { newFlowRunRuleFacts } from "./rule-facts.ts";
import { decisionContext, type TransitionEnvironment } from "./transition-environment.ts";
import { FlowRunEffects } from "./transition-flow-runs.ts";

export interface FlowRunCreateCall {
  readonly caller: Caller;
  readonly body: FlowRunCreate;
  /** Where the run waits for a worker; absent: nowhere. */
  readonly queue?: {
    readonly work_queue_id: WorkQueueId | null;
    readonly work_queue_name: string | null;
  };
  /** What a run of a deployment takes over from it; absent: the run is made without one. */
  readonly deployment?: { readonly version: string | null; readonly labels: Labels };
}

export interface FlowRunCreateAnswer {
  readonly run: FlowRun;
  /** False: a run of that flow with that idempotency key was there already, and was left as it is. */
  readonly created: boolean;
}

/**
 * Makes flow runs with their first states (PENDING when none is given) in the caller's transaction. First states are
 * forced: they pass the minimal policy and all bookkeeping, and are told as events. Answers in the order asked.
 */
export async function insertFlowRuns(
  tx: StoreTransaction,
  environment: TransitionEnvironment,
  calls: readonly FlowRunCreateCall[],
): Promise<readonly FlowRunCreateAnswer[]> {
  const now = environment.now();
  const flowLabels = await readFlowLabels(tx, calls);
  const drafts = calls.map((call) => {
    const { caller, body } = call;
    const run = newFlowRun(environment, now, call, flowLabels.get(body.flow_id) ?? {});
    const context = decisionContext(environment, now, { ...caller, attempt: null });
    const proposal = { state: body.state ?? firstState(), force: true };
    const decision = decideFlowRunTransition(newFlowRunRuleFacts(run), proposal, context);
    return { run: { ...run, ...decision.write?.run_patch, state: decision.state }, caller, decision };
  });
  const answers = await tx.flowRuns.create(drafts.map(({ run }) => run));
  const created = drafts.filter((_, index) => answers[index]?.created);
  await writeEffects(tx, environment, created, now);
  return answers;
}

interface Draft {
  readonly run: NewFlowRun;
  readonly caller: Caller;
  readonly decision: FlowRunDecision;
}

async function writeEffects(
  tx: StoreTransaction,
  environment: TransitionEnvironment,
  created: readonly Draft[],
  now: Timestamp,
): Promise<void> {
  if (created.length === 0) return;
  const loaded = await tx.flowRuns.lockForTransition(
    created.map(({ run }) => run.id),
    now,
  );
  const effects = new FlowRunEffects(now);
  for (const { run, caller, decision } of created) {
    const facts = loaded.get(run.id);
    if (!facts) continue;
    for (const effect of decision.write?.effects ?? []) effects.add(facts, caller, effect);
  }
  await effects.write(tx, environment);
}

function firstState(): ProposedState {
  return newState("PENDING");
}

async function readFlowLabels(
  tx: StoreTransaction,
  calls: readonly FlowRunCreateCall[],
): Promise<Map<FlowId, Labels>> {
  const labels = new Map<FlowId, Labels>();
  for (const { caller, body } of calls) {
    if (labels.has(body.flow_id)) continue;
    labels.set(body.flow_id, (await tx.flows.read(caller.workspace_id, body.flow_id))?.labels ?? {});
  }
  return labels;
}

function newFlowRun(
  { random }: TransitionEnvironment,
  now: Timestamp,
  { caller, body, queue, deployment }: FlowRunCreateCall,
  flowLabels: Labels,
): NewFlowRun {
  const labels = deployment
    ? {
        ...deployment.labels,
        "prefect.flow.id": body.flow_id,
        "prefect.deployment.id": body.deployment_id ?? "",
      }
    : { ...flowLabels, "prefect.flow.id": body.flow_id };
  return {
    id: newId(),
    workspace_id: caller.workspace_id,
    created: now,
    updated: now,
    created_by: storedActor(caller),
    updated_by: null,
    name: body.name ?? inventName(random),
    flow_id: body.flow_id,
    flow_version: body.flow_version,
    deployment_id: body.deployment_id,
    deployment_version: deployment?.version ?? null,
    work_queue_id: queue?.work_queue_id ?? null,
    work_queue_name: queue?.work_queue_name ?? null,
    parameters: body.parameters,
    idempotency_key: body.idempotency_key,
    context: body.context,
    empirical_policy: body.empirical_policy,
    tags: body.tags,
    labels: { ...labels, ...body.labels },
    parent_task_run_id: body.parent_task_run_id,
    auto_scheduled: false,
    infrastructure_document_id: body.infrastructure_document_id,
    infrastructure_pid: null,
    job_variables: body.job_variables ?? {},
    run_count: 0,
    expected_start_time: null,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: NO_TIME,
    attempt: 0,
    state: null,
  };
}
