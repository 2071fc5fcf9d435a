import { formatTimestamp } from "@sluice/schemas";
import type { OccupiedConcurrencyLimit } from "../../store/concurrency-limits.ts";
import type { Deployment } from "../../store/deployments.ts";
import { presentConcurrencyLimit } from "./concurrency-limit-presenter.ts";
import { momentOrNull } from "./moments.ts";
import { presentDeploymentSchedule } from "./schedule-presenter.ts";

/** @param limit the one that the deployment's `concurrency_limit_id` names */
export function presentDeployment(deployment: Deployment, limit: OccupiedConcurrencyLimit | null) {
  const { work_queue, work_pool } = deployment;
  return {
    id: deployment.id,
    created: formatTimestamp(deployment.created),
    updated: formatTimestamp(deployment.updated),
    name: deployment.name,
    version: deployment.version,
    description: deployment.description,
    flow_id: deployment.flow_id,
    paused: deployment.paused,
    schedules: deployment.schedules.map(presentDeploymentSchedule),
    concurrency_limit: null,
    global_concurrency_limit: limit && presentConcurrencyLimit(limit),
    concurrency_options: deployment.concurrency_options,
    job_variables: deployment.infra_overrides,
    parameters: deployment.parameters,
    tags: deployment.tags,
    labels: deployment.labels,
    work_queue_name: work_queue?.name ?? deployment.work_queue_name,
    work_queue_id: work_queue?.id ?? deployment.work_queue_id,
    last_polled: momentOrNull(deployment.last_polled),
    parameter_openapi_schema: deployment.parameter_openapi_schema,
    path: deployment.path,
    pull_steps: deployment.pull_steps,
    entrypoint: deployment.entrypoint,
    storage_document_id: deployment.storage_document_id,
    infrastructure_document_id: deployment.infrastructure_document_id,
    created_by: deployment.created_by,
    updated_by: deployment.updated_by,
    work_pool_name: work_pool?.name ?? null,
    status: deployment.status,
    enforce_parameter_schema: deployment.enforce_parameter_schema,
  };
}
