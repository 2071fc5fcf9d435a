/** A flow run as user code sees it. */
import { Pending, type State, stateFromWire } from "./states.ts";
import type { FlowRunPolicy, FlowRunResponse } from "./transport/wire.ts";

/** One execution of a flow, as the server described it last; `state` is kept up to date by the run's own process. */
export interface FlowRun {
  readonly id: string;
  readonly name: string;
  readonly flowId: string;
  readonly deploymentId: string | null;
  readonly deploymentVersion: string | null;
  readonly parentTaskRunId: string | null;
  readonly workQueueId: string | null;
  readonly workQueueName: string | null;
  readonly workPoolId: string | null;
  readonly workPoolName: string | null;
  readonly flowVersion: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly jobVariables: Readonly<Record<string, unknown>> | null;
  readonly tags: readonly string[];
  readonly empiricalPolicy: FlowRunPolicy;
  /** Attempts so far. */
  readonly runCount: number;
  readonly expectedStartTime: Date | null;
  readonly startTime: Date | null;
  readonly endTime: Date | null;
  /** Seconds in RUNNING states over all attempts. */
  readonly totalRunTime: number;
  readonly autoScheduled: boolean;
  state: State;
}

export function flowRunFromWire(wire: FlowRunResponse): FlowRun {
  return {
    id: wire.id,
    name: wire.name,
    flowId: wire.flow_id,
    deploymentId: wire.deployment_id,
    deploymentVersion: wire.deployment_version,
    parentTaskRunId: wire.parent_task_run_id,
    workQueueId: wire.work_queue_id,
    workQueueName: wire.work_queue_name,
    workPoolId: wire.work_pool_id,
    workPoolName: wire.work_pool_name,
    flowVersion: wire.flow_version,
    parameters: wire.parameters,
    jobVariables: wire.job_variables,
    tags: wire.tags,
    empiricalPolicy: wire.empirical_policy,
    runCount: wire.run_count,
    expectedStartTime: date(wire.expected_start_time),
    startTime: date(wire.start_time),
    endTime: date(wire.end_time),
    totalRunTime: wire.total_run_time,
    autoScheduled: wire.auto_scheduled,
    state: wire.state ? stateFromWire(wire.state) : Pending(),
  };
}

function date(moment: string | null): Date | null {
  return moment === null ? null : new Date(moment);
}
