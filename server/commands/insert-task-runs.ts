import {
  type FlowRunId,
  type Labels,
  NO_TIME,
  newId,
  type TaskRunCreate,
  type TaskRunId,
  type Timestamp,
} from "@sluice/schemas";
import { decideTaskRunTransition } from "../orchestration/decide-task-run-transition.ts";
import { newState } from "../orchestration/states.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { TaskRun } from "../store/task-runs.ts";
import { type Caller, storedActor } from "./caller.ts";
import { inventName } from "./random-names.ts";
import { newTaskRunRuleFacts } from "./rule-facts.ts";
import { decisionContext, type TransitionEnvironment } from "./transition-environment.ts";

export interface TaskRunCreateCall {
  readonly caller: Caller;
  readonly body: TaskRunCreate;
}

export interface TaskRunCreateAnswer {
  readonly run: TaskRun;
  /** False: a task run with that flow run, task key and dynamic key was there already, and was left as it is. */
  readonly created: boolean;
}

/** Makes task runs with their first states (PENDING when none is given). Answers in the order asked. */
export async function insertTaskRuns(
  tx: StoreTransaction,
  environment: TransitionEnvironment,
  calls: readonly TaskRunCreateCall[],
): Promise<readonly TaskRunCreateAnswer[]> {
  const now = environment.now();
  const flowRunLabels = await readFlowRunLabels(tx, calls);
  const enqueued = new Set<TaskRunId>();
  const answers = await tx.taskRuns.create(
    calls.map(({ caller, body }) => {
      const inherited = body.flow_run_id === null ? {} : (flowRunLabels.get(body.flow_run_id) ?? {});
      const run = newTaskRun(environment, now, caller, body, inherited);
      const context = decisionContext(environment, now, { ...caller, attempt: null });
      const proposal = { state: body.state ?? newState("PENDING"), force: true };
      const decision = decideTaskRunTransition(newTaskRunRuleFacts(run), proposal, context);
      if (decision.write?.effects.some(({ kind }) => kind === "enqueue_task_run")) enqueued.add(run.id);
      return { ...run, ...decision.write?.run_patch, state: decision.state };
    }),
  );
  // A run that was there already may be at a worker by now, and stays there.
  const queued = answers.flatMap(({ run, created }) => (created && enqueued.has(run.id) ? [run] : []));
  if (queued.length > 0) await tx.taskQueue.enqueue(queued);
  return answers;
}

async function readFlowRunLabels(
  tx: StoreTransaction,
  calls: readonly TaskRunCreateCall[],
): Promise<Map<FlowRunId, Labels>> {
  const byWorkspace = Map.groupBy(calls, ({ caller }) => caller.workspace_id);
  const labels = new Map<FlowRunId, Labels>();
  for (const [workspaceId, ofWorkspace] of byWorkspace) {
    const ids = new Set(ofWorkspace.flatMap(({ body }) => body.flow_run_id ?? []));
    if (ids.size === 0) continue;
    for (const run of await tx.flowRuns.readMany(workspaceId, [...ids])) labels.set(run.id, run.labels);
  }
  return labels;
}

function newTaskRun(
  { random }: TransitionEnvironment,
  now: Timestamp,
  caller: Caller,
  body: TaskRunCreate,
  inherited: Labels,
): TaskRun {
  const system: Labels = body.flow_run_id === null ? {} : { "prefect.flow-run.id": body.flow_run_id };
  return {
    id: body.id ?? newId(),
    workspace_id: caller.workspace_id,
    created: now,
    updated: now,
    created_by: storedActor(caller),
    updated_by: null,
    name: body.name ?? inventName(random),
    flow_run_id: body.flow_run_id,
    task_key: body.task_key,
    dynamic_key: body.dynamic_key,
    cache_key: body.cache_key,
    cache_expiration: body.cache_expiration,
    task_version: body.task_version,
    empirical_policy: body.empirical_policy,
    tags: body.tags,
    labels: { ...inherited, ...system, ...body.labels },
    task_inputs: body.task_inputs,
    run_count: 0,
    flow_run_run_count: 0,
    expected_start_time: null,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: NO_TIME,
    state: null,
  };
}
