/** What the store loaded under lock, as the rules want to see it. */
import type { State, Timestamp } from "@sluice/schemas";
import type { FlowRunFacts, LimitOccupancy, TagLimitFacts, TaskRunFacts } from "../orchestration/facts.ts";
import type { ConcurrencyLimitFacts } from "../store/concurrency-limits.ts";
import type { FlowRunFacts as StoredFlowRunFacts, NewFlowRun } from "../store/flow-runs.ts";
import type { TaskRun, TaskRunFacts as StoredTaskRunFacts } from "../store/task-runs.ts";
import type { SlotLedger } from "./slot-ledger.ts";

const TAG_PREFIX = "tag:";

/** @param now decides whether the run's lease still holds its slot */
export function flowRunRuleFacts(
  stored: StoredFlowRunFacts,
  ledger: SlotLedger,
  now: Timestamp,
): FlowRunFacts {
  const { deployment, lease } = stored;
  return {
    run: flowRunColumns(stored.run),
    state: stored.run.state,
    deployment: deployment && {
      id: deployment.id,
      concurrency_limit: deployment.limit?.active ? occupancy(deployment.limit, ledger) : null,
      collision_strategy: deployment.concurrency_options?.collision_strategy ?? "ENQUEUE",
      grace_period_seconds: deployment.concurrency_options?.grace_period_seconds ?? null,
    },
    lease: lease !== null && lease.expires > now ? lease.id : null,
  };
}

/** A run that is not stored yet: its first state is decided by what it brings along. */
export function newFlowRunRuleFacts(run: NewFlowRun): FlowRunFacts {
  return { run: flowRunColumns(run), state: null, deployment: null, lease: null };
}

/** @param cachedState what was found under the proposal's cache key */
export function taskRunRuleFacts(
  stored: StoredTaskRunFacts,
  ledger: SlotLedger,
  cachedState: State | null,
): TaskRunFacts {
  return {
    run: taskRunColumns(stored.run),
    state: stored.run.state,
    flow_run: stored.flow_run,
    tag_limits: stored.tag_limits
      .filter(({ active }) => active)
      .map(
        (limit): TagLimitFacts => ({
          ...occupancy(limit, ledger),
          tag: limit.name.slice(TAG_PREFIX.length),
          avg_slot_occupancy_seconds: limit.avg_slot_occupancy_seconds,
        }),
      ),
    cached_state: cachedState,
  };
}

export function newTaskRunRuleFacts(run: TaskRun): TaskRunFacts {
  return { run: taskRunColumns(run), state: null, flow_run: null, tag_limits: [], cached_state: null };
}

function occupancy(limit: ConcurrencyLimitFacts, ledger: SlotLedger): LimitOccupancy {
  return { id: limit.id, limit: limit.limit, occupied: ledger.occupied(limit) };
}

function flowRunColumns(run: NewFlowRun): FlowRunFacts["run"] {
  return {
    id: run.id,
    deployment_id: run.deployment_id,
    parent_task_run_id: run.parent_task_run_id,
    infrastructure_pid: run.infrastructure_pid,
    empirical_policy: run.empirical_policy,
    attempt: run.attempt,
    run_count: run.run_count,
    start_time: run.start_time,
    end_time: run.end_time,
    total_run_time: run.total_run_time,
    expected_start_time: run.expected_start_time,
    next_scheduled_start_time: run.next_scheduled_start_time,
  };
}

function taskRunColumns(run: TaskRun): TaskRunFacts["run"] {
  return {
    id: run.id,
    flow_run_id: run.flow_run_id,
    task_key: run.task_key,
    empirical_policy: run.empirical_policy,
    flow_run_run_count: run.flow_run_run_count,
    run_count: run.run_count,
    start_time: run.start_time,
    end_time: run.end_time,
    total_run_time: run.total_run_time,
    expected_start_time: run.expected_start_time,
    next_scheduled_start_time: run.next_scheduled_start_time,
  };
}
