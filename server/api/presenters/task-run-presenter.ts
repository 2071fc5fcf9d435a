import {
  durationToSeconds,
  estimatedRunTime,
  estimatedStartTimeDelta,
  formatTimestamp,
  type Timestamp,
} from "@sluice/schemas";
import type { TaskRun } from "../../store/task-runs.ts";
import { momentOrNull } from "./moments.ts";
import { presentStateOrNull } from "./state-presenter.ts";

/** A task run as clients read it; `now` is the moment its estimates are made for. */
export function presentTaskRun(run: TaskRun, now: Timestamp) {
  return {
    id: run.id,
    created: formatTimestamp(run.created),
    updated: formatTimestamp(run.updated),
    name: run.name,
    flow_run_id: run.flow_run_id,
    task_key: run.task_key,
    dynamic_key: run.dynamic_key,
    cache_key: run.cache_key,
    cache_expiration: momentOrNull(run.cache_expiration),
    task_version: run.task_version,
    empirical_policy: run.empirical_policy,
    tags: run.tags,
    labels: run.labels,
    state_id: run.state?.id ?? null,
    task_inputs: run.task_inputs,
    state_type: run.state?.type ?? null,
    state_name: run.state?.name ?? null,
    run_count: run.run_count,
    flow_run_run_count: run.flow_run_run_count,
    expected_start_time: momentOrNull(run.expected_start_time),
    next_scheduled_start_time: momentOrNull(run.next_scheduled_start_time),
    start_time: momentOrNull(run.start_time),
    end_time: momentOrNull(run.end_time),
    total_run_time: durationToSeconds(run.total_run_time),
    estimated_run_time: durationToSeconds(estimatedRunTime(run, now)),
    estimated_start_time_delta: durationToSeconds(estimatedStartTimeDelta(run, now)),
    state: presentStateOrNull(run.state),
  };
}

/** The narrower task run of `POST /task_runs/paginate`. */
export function presentTaskRunPageItem(run: TaskRun, now: Timestamp) {
  return {
    id: run.id,
    created: formatTimestamp(run.created),
    updated: formatTimestamp(run.updated),
    name: run.name,
    flow_run_id: run.flow_run_id,
    task_key: run.task_key,
    state_id: run.state?.id ?? null,
    task_version: run.task_version,
    empirical_policy: run.empirical_policy,
    tags: run.tags,
    task_inputs: run.task_inputs,
    start_time: momentOrNull(run.start_time),
    end_time: momentOrNull(run.end_time),
    total_run_time: durationToSeconds(run.total_run_time),
    estimated_run_time: durationToSeconds(estimatedRunTime(run, now)),
    estimated_start_time_delta: durationToSeconds(estimatedStartTimeDelta(run, now)),
    state: presentStateOrNull(run.state),
  };
}
