/** Rows for tests: complete, plausible, each with ids of its own; a test names only what it is about. */
import {
  addSeconds,
  DEFAULT_FLOW_RUN_POLICY,
  DEFAULT_TASK_RUN_POLICY,
  DEFAULT_WORKSPACE_ID,
  type Duration,
  defaultStateName,
  newId,
  parseTimestamp,
  type State,
  type StateType,
  type Timestamp,
  type WorkspaceId,
} from "@sluice/schemas";
import type { Artifact } from "../artifacts.ts";
import type { ConcurrencyLimit } from "../concurrency-limits.ts";
import type { DeploymentRow, DeploymentSchedule } from "../deployments.ts";
import type { StoredEvent } from "../events.ts";
import type { NewFlowRun } from "../flow-runs.ts";
import type { Flow } from "../flows.ts";
import type { Lease } from "../leases.ts";
import type { Log } from "../logs.ts";
import type { Store } from "../store.ts";
import type { TaskRun } from "../task-runs.ts";
import type { Variable } from "../variables.ts";
import type { WorkPool } from "../work-pools.ts";
import type { NewWorkQueue } from "../work-queues.ts";
import type { Worker } from "../workers.ts";

export const WORKSPACE = DEFAULT_WORKSPACE_ID;
export const NOON = at("2026-08-01T12:00:00Z");

/** A moment from its text. */
export function at(text: string): Timestamp {
  const moment = parseTimestamp(text);
  if (moment === null) throw new Error(`"${text}" is no moment.`);
  return moment;
}

/** Seconds after noon. */
export function noon(seconds: number): Timestamp {
  return addSeconds(NOON, seconds);
}

export function otherWorkspace(): WorkspaceId {
  return newId<"workspace">();
}

export function seconds(count: number): Duration {
  return (count * 1_000_000) as Duration; // whole microseconds
}

let serial = 0;

function uniqueName(kind: string): string {
  serial += 1;
  return `${kind}-${serial}`;
}

const OWNED = { workspace_id: WORKSPACE, created: NOON, updated: NOON };
const UNSIGNED = { created_by: null, updated_by: null };

export function aState(type: StateType, changes: Partial<State> = {}): State {
  return {
    id: newId<"state">(),
    type,
    name: defaultStateName(type),
    timestamp: NOON,
    message: null,
    data: null,
    state_details: {},
    ...changes,
  };
}

export function aFlow(changes: Partial<Flow> = {}): Flow {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"flow">(),
    name: uniqueName("flow"),
    tags: [],
    labels: {},
    ...changes,
  };
}

export function aFlowRun(flow: Pick<Flow, "id">, changes: Partial<NewFlowRun> = {}): NewFlowRun {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"flow-run">(),
    name: uniqueName("run"),
    flow_id: flow.id,
    deployment_id: null,
    deployment_version: null,
    work_queue_id: null,
    work_queue_name: null,
    flow_version: null,
    parameters: {},
    idempotency_key: null,
    context: {},
    empirical_policy: DEFAULT_FLOW_RUN_POLICY,
    tags: [],
    labels: {},
    parent_task_run_id: null,
    run_count: 0,
    attempt: 0,
    expected_start_time: NOON,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: seconds(0),
    auto_scheduled: false,
    infrastructure_document_id: null,
    infrastructure_pid: null,
    job_variables: null,
    state: aState("PENDING"),
    ...changes,
  };
}

export function aTaskRun(changes: Partial<TaskRun> = {}): TaskRun {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"task-run">(),
    name: uniqueName("task-run"),
    flow_run_id: null,
    task_key: "task-key",
    dynamic_key: uniqueName("key"),
    cache_key: null,
    cache_expiration: null,
    task_version: null,
    empirical_policy: DEFAULT_TASK_RUN_POLICY,
    tags: [],
    labels: {},
    task_inputs: {},
    run_count: 0,
    flow_run_run_count: 0,
    expected_start_time: NOON,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: seconds(0),
    state: aState("PENDING"),
    ...changes,
  };
}

export function aLog(changes: Partial<Log> = {}): Log {
  return {
    id: newId<"log">(),
    workspace_id: WORKSPACE,
    created: NOON,
    name: "prefect.flow_runs",
    level: 20,
    message: "hello",
    timestamp: NOON,
    flow_run_id: null,
    task_run_id: null,
    ...changes,
  };
}

export function anArtifact(changes: Partial<Artifact> = {}): Artifact {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"artifact">(),
    key: null,
    type: "markdown",
    description: null,
    data: "# text",
    metadata_: null,
    flow_run_id: null,
    task_run_id: null,
    ...changes,
  };
}

export function aVariable(changes: Partial<Variable> = {}): Variable {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"variable">(),
    name: uniqueName("variable"),
    value: "value",
    tags: [],
    ...changes,
  };
}

export function aDeployment(flow: Pick<Flow, "id">, changes: Partial<DeploymentRow> = {}): DeploymentRow {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"deployment">(),
    name: uniqueName("deployment"),
    flow_id: flow.id,
    version: null,
    description: null,
    work_queue_id: null,
    work_queue_name: null,
    infra_overrides: {},
    path: null,
    entrypoint: null,
    last_polled: null,
    status: "NOT_READY",
    paused: false,
    concurrency_limit_id: null,
    concurrency_options: null,
    tags: [],
    labels: {},
    parameters: {},
    pull_steps: [],
    parameter_openapi_schema: {},
    enforce_parameter_schema: false,
    infrastructure_document_id: null,
    storage_document_id: null,
    ...changes,
  };
}

/** Every hour on the hour. */
export function aDeploymentSchedule(
  deployment: Pick<DeploymentRow, "id">,
  changes: Partial<DeploymentSchedule> = {},
): DeploymentSchedule {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"deployment-schedule">(),
    deployment_id: deployment.id,
    schedule: { interval: seconds(3600), anchor_date: NOON, timezone: "UTC" },
    active: true,
    max_scheduled_runs: null,
    parameters: {},
    slug: null,
    ...changes,
  };
}

export function aLimit(changes: Partial<ConcurrencyLimit> = {}): ConcurrencyLimit {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"concurrency-limit">(),
    active: true,
    name: uniqueName("limit"),
    limit: 1,
    denied_slots: 0,
    slot_decay_per_second: 0,
    avg_slot_occupancy_seconds: 2,
    decaying_slots: 0,
    decaying_since: NOON,
    ...changes,
  };
}

export function aLease(limit: Pick<ConcurrencyLimit, "id">, changes: Partial<Lease> = {}): Lease {
  return {
    id: newId<"lease">(),
    workspace_id: WORKSPACE,
    created: NOON,
    expires: noon(300),
    holder: null,
    limit_ids: [limit.id],
    slots: 1,
    ...changes,
  };
}

export function aWorkPool(changes: Partial<WorkPool> = {}): WorkPool {
  return {
    ...OWNED,
    ...UNSIGNED,
    id: newId<"work-pool">(),
    name: uniqueName("pool"),
    description: null,
    type: "process",
    base_job_template: {},
    is_paused: false,
    concurrency_limit: null,
    status: "NOT_READY",
    default_queue_id: null,
    storage_configuration: {
      bundle_upload_step: null,
      bundle_execution_step: null,
      default_result_storage_block_id: null,
    },
    last_transitioned_status_at: null,
    last_status_event_id: null,
    ...changes,
  };
}

export function aWorkQueue(
  pool: Pick<WorkPool, "id" | "workspace_id">,
  changes: Partial<NewWorkQueue> = {},
): NewWorkQueue {
  const name = uniqueName("queue");
  return {
    ...OWNED,
    ...UNSIGNED,
    workspace_id: pool.workspace_id,
    id: newId<"work-queue">(),
    name,
    description: "",
    is_paused: false,
    concurrency_limit: null,
    priority: serial,
    filter: null,
    last_polled: null,
    status: "NOT_READY",
    work_pool_id: pool.id,
    ...changes,
  };
}

export function aWorker(pool: Pick<WorkPool, "id" | "workspace_id">, changes: Partial<Worker> = {}): Worker {
  return {
    ...OWNED,
    workspace_id: pool.workspace_id,
    id: newId<"worker">(),
    work_pool_id: pool.id,
    name: uniqueName("worker"),
    last_heartbeat_time: NOON,
    heartbeat_interval_seconds: null,
    status: "ONLINE",
    ...changes,
  };
}

export function anEvent(changes: Partial<StoredEvent> = {}): StoredEvent {
  return {
    id: newId<"event">(),
    workspace_id: WORKSPACE,
    occurred: NOON,
    received: NOON,
    event: "prefect.flow-run.Running",
    resource: { "prefect.resource.id": "prefect.flow-run.1" },
    related: [],
    payload: {},
    follows: null,
    ...changes,
  };
}

/** Stores a flow and runs of it. */
export async function storeRuns(
  store: Store,
  changes: readonly Partial<NewFlowRun>[],
): Promise<NewFlowRun[]> {
  return await store.transaction(async (tx) => {
    const { flow } = await tx.flows.create(aFlow());
    const runs = changes.map((change) => aFlowRun(flow, change));
    await tx.flowRuns.create(runs);
    return runs;
  });
}

/** Opens a store on an empty database; disposing closes it and removes the database. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: Store;
  /** A second store on the same database, as another process would have; null for databases of one process. */
  openAnother(): Promise<Store>;
}

export type OpenStore = () => Promise<StoreUnderTest>;
