/** A transport that says yes and forgets: what is left is the cost of the engine. */
import type { Transport } from "@sluice/sdk";

const MOMENT = "2026-01-01T00:00:00Z";

export function silentTransport(): Transport {
  const flowRun = {
    id: "00000000-0000-4000-8000-000000000001",
    created: MOMENT,
    updated: MOMENT,
    name: "silent-sloth",
    flow_id: "00000000-0000-4000-8000-000000000002",
    state_id: null,
    deployment_id: null,
    deployment_version: null,
    work_queue_id: null,
    work_queue_name: null,
    work_pool_id: null,
    work_pool_name: null,
    flow_version: null,
    parameters: {},
    idempotency_key: null,
    context: {},
    empirical_policy: {
      max_retries: 0,
      retry_delay_seconds: 0,
      retries: 0,
      retry_delay: 0,
      pause_keys: null,
      resuming: null,
      retry_type: null,
    },
    tags: [],
    labels: {},
    parent_task_run_id: null,
    state_type: null,
    state_name: null,
    run_count: 1,
    expected_start_time: MOMENT,
    next_scheduled_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: 0,
    estimated_run_time: 0,
    estimated_start_time_delta: 0,
    infrastructure_document_id: null,
    auto_scheduled: false,
    infrastructure_pid: null,
    created_by: null,
    state: null,
    job_variables: null,
  };
  const unused = () => Promise.reject(new Error("The benchmark doesn't use this."));
  const nothing = () => Promise.resolve();
  return {
    target: { kind: "embedded", apiUrl: null, uiUrl: null },
    createFlow: ({ name }) =>
      Promise.resolve({
        id: flowRun.flow_id,
        created: MOMENT,
        updated: MOMENT,
        name,
        tags: [],
        labels: {},
      }),
    createFlowRun: () => Promise.resolve(flowRun),
    readFlowRun: () => Promise.resolve({ ...flowRun, state: runningState() }),
    updateFlowRun: nothing,
    setFlowRunState: (_id, state) =>
      Promise.resolve({
        status: "ACCEPT",
        state: { ...runningState(), type: state.type, name: state.name ?? state.type },
        details: { type: "accept_details" },
      }),
    filterFlowRuns: unused,
    resumeFlowRun: unused,
    createTaskRun: unused,
    readTaskRun: unused,
    setTaskRunState: unused,
    filterTaskRuns: unused,
    createFlowRunInput: unused,
    readFlowRunInput: unused,
    filterFlowRunInputs: unused,
    deleteFlowRunInput: unused,
    acquireConcurrencySlots: unused,
    releaseConcurrencySlots: nothing,
    renewConcurrencyLease: unused,
    deployments: {
      create: unused,
      read: unused,
      readByName: unused,
      update: unused,
      createFlowRun: unused,
      scheduledFlowRuns: unused,
      readFlow: unused,
    },
    watchEvents: () => () => {},
    subscribeTaskRuns: unused,
    emitEvent: (event) => {
      // What every real transport does with it.
      bytes += JSON.stringify(event).length;
    },
    writeLog: () => {},
    flush: nothing,
    close: nothing,
  };
}

/** Kept, so that serialising can't be optimised away. */
export let bytes = 0;

function runningState() {
  return {
    id: crypto.randomUUID(),
    type: "RUNNING" as const,
    name: "Running",
    timestamp: new Date().toISOString(),
    message: null,
    data: null,
    state_details: {},
  };
}
