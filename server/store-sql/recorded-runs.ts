/**
 * What a batch of reported task-run states makes of the stored runs (protocol section 4.3), as a pure function.
 *
 * 1. A run takes a state only if it is newer than the one it has; late states change the history alone.
 * 2. A state's columns are written over those of the states before it, key by key; absent keys keep their value.
 * 3. A natural key that is stored under another id keeps that id; the states are re-pointed to it.
 * 4. A batch has the same outcome as its states one by one in the order of their timestamps.
 */
import { DEFAULT_TASK_RUN_POLICY, type Duration, type TaskRunId } from "@sluice/schemas";
import type { RecordedTransition, TaskRun } from "../store/task-runs.ts";

export interface RecordedOutcome {
  readonly inserted: readonly TaskRun[];
  readonly updated: readonly TaskRun[];
  /** Every state of the batch with the run whose history it enters. */
  readonly states: readonly { readonly run_id: TaskRunId; readonly transition: RecordedTransition }[];
}

export function recordTransitions(
  stored: readonly TaskRun[],
  transitions: readonly RecordedTransition[],
): RecordedOutcome {
  const runs = new Map(stored.map((run) => [run.id, run]));
  const idsByKey = new Map(stored.map((run) => [naturalKey(run), run.id]));
  const inserted = new Set<TaskRunId>();
  const updated = new Set<TaskRunId>();
  const states: { run_id: TaskRunId; transition: RecordedTransition }[] = [];
  for (const transition of transitions.toSorted((a, b) => a.state.timestamp - b.state.timestamp)) {
    const key = naturalKey(transition);
    const id = idsByKey.get(key) ?? transition.id;
    const run = runs.get(id);
    // An id names one run in all workspaces; whoever uses another workspace's is not heard.
    if (run !== undefined && run.workspace_id !== transition.workspace_id) continue;
    states.push({ run_id: id, transition });
    if (run === undefined) inserted.add(id);
    else if (run.state !== null && run.state.timestamp >= transition.state.timestamp) continue;
    else if (!inserted.has(id)) updated.add(id);
    runs.set(id, { ...(run ?? newRun(transition)), ...changesOf(transition), id });
    idsByKey.set(key, id);
  }
  return { inserted: pick(runs, inserted), updated: pick(runs, updated), states };
}

/** Identifies a run within its flow run, or within its workspace when it has none. */
export function naturalKey(
  run: Pick<TaskRun, "workspace_id" | "flow_run_id" | "task_key" | "dynamic_key">,
): string {
  return JSON.stringify([run.flow_run_id ?? run.workspace_id, run.task_key, run.dynamic_key]);
}

function newRun(transition: RecordedTransition): TaskRun {
  return {
    id: transition.id,
    workspace_id: transition.workspace_id,
    created: transition.recorded,
    updated: transition.recorded,
    name: transition.task_key,
    flow_run_id: transition.flow_run_id,
    task_key: transition.task_key,
    dynamic_key: transition.dynamic_key,
    cache_key: null,
    cache_expiration: null,
    task_version: null,
    empirical_policy: DEFAULT_TASK_RUN_POLICY,
    tags: [],
    labels: {},
    task_inputs: {},
    run_count: 0,
    flow_run_run_count: 0,
    expected_start_time: null,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: 0 as Duration, // no time is a duration
    created_by: null,
    updated_by: null,
    state: null,
  };
}

function changesOf(transition: RecordedTransition): Partial<TaskRun> {
  const { flow_run_id, task_key, dynamic_key, columns, state, recorded } = transition;
  return { ...definedKeys(columns), flow_run_id, task_key, dynamic_key, state, updated: recorded };
}

function definedKeys(columns: RecordedTransition["columns"]): Partial<TaskRun> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function pick(runs: ReadonlyMap<TaskRunId, TaskRun>, ids: ReadonlySet<TaskRunId>): TaskRun[] {
  return [...ids].flatMap((id) => runs.get(id) ?? []);
}
