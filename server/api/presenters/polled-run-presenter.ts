import type { Timestamp, WorkPoolId } from "@sluice/schemas";
import type { FlowRun } from "../../store/flow-runs.ts";
import { presentFlowRun } from "./flow-run-presenter.ts";

/**
 * A run as workers are handed it: its pool stands beside it, and of its state they get no more than id, type and name, as
 * the contract has it.
 */
export function presentPolledRun(poolId: WorkPoolId, run: FlowRun, now: Timestamp) {
  const { work_pool_id: _id, work_pool_name: _name, ...flow_run } = presentFlowRun(run, now);
  return { work_pool_id: poolId, work_queue_id: run.work_queue_id, flow_run: { ...flow_run, state: null } };
}
