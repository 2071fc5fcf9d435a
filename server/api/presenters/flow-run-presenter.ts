import {
  durationToSeconds,
  estimatedRunTime,
  estimatedStartTimeDelta,
  formatTimestamp,
  type Timestamp,
} from "@sluice/schemas";
import type { FlowRun } from "../../store/flow-runs.ts";
import { momentOrNull } from "./moments.ts";
import { presentStateOrNull } from "./state-presenter.ts";

/** A flow run as clients read it; `now` is the moment its estimates are made for. */
export function presentFlowRun(run: FlowRun, now: Timestamp) {
  return {
    id: run.id,
    created: formatTimestamp(run.created),
    updated: formatTimestamp(run.updated),
    name: run.name,
    flow_id: run.flow_id,
    state_id: run.state?.id ?? null,
    deployment_id: run.deployment_id,
    deployment_version: run.deployment_version,
    work_queue_id: run.work_queue_id,
    work_queue_name: run.work_queue_name,
    flow_version: run.flow_version,
    parameters: run.parameters,
    idempotency_key: run.idempotency_key,
    context: run.context,
    empirical_policy: run.empirical_policy,
    tags: run.tags,
    labels: run.labels,
    parent_task_run_id: run.parent_task_run_id,
    state_type: run.state?.type ?? null,
    state_name: run.state?.name ?? null,
    run_count: run.run_count,
    expected_start_time: momentOrNull(run.expected_start_time),
    next_scheduled_start_time: momentOrNull(run.next_scheduled_start_time),
    start_time: momentOrNull(run.start_time),
    end_time: momentOrNull(run.end_time),
    total_run_time: durationToSeconds(run.total_run_time),
    estimated_run_time: durationToSeconds(estimatedRunTime(run, now)),
    estimated_start_time_delta: durationToSeconds(estimatedStartTimeDelta(run, now)),
    auto_scheduled: run.auto_scheduled,
    infrastructure_document_id: run.infrastructure_document_id,
    infrastructure_pid: run.infrastructure_pid,
    created_by: run.created_by,
    work_pool_id: run.work_pool_id,
    work_pool_name: run.work_pool_name,
    state: presentStateOrNull(run.state),
    job_variables: run.job_variables,
  };
}
