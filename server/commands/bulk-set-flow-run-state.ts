import type { FlowRunId, FlowRunOrchestrationResult } from "@sluice/schemas";
import type { Proposal } from "../orchestration/decision.ts";
import type { ObjectFilters } from "../store/filters.ts";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { setFlowRunState } from "./set-flow-run-state.ts";

/**
 * Proposes one state to the newest `limit` flow runs that the filter finds, each on its own: a run that fails or has
 * gone answers ABORT and does not touch the others.
 */
export async function bulkSetFlowRunState(
  context: CommandContext,
  caller: Caller,
  filter: ObjectFilters["flow_runs"],
  proposal: Proposal,
  limit: number,
): Promise<FlowRunOrchestrationResult[]> {
  const query = { filters: { flow_runs: filter }, sort: "ID_DESC", limit, offset: 0 } as const;
  const found = await context.store.reads.flowRuns.list(caller.workspace_id, query);
  return await Promise.all(found.map(({ id }) => proposeTo(context, caller, id, proposal)));
}

async function proposeTo(
  context: CommandContext,
  caller: Caller,
  flow_run_id: FlowRunId,
  proposal: Proposal,
): Promise<FlowRunOrchestrationResult> {
  try {
    const { status, state, details } = await setFlowRunState(context, caller, flow_run_id, proposal);
    return { flow_run_id, status, state, details };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { flow_run_id, status: "ABORT", state: null, details: { type: "abort_details", reason } };
  }
}
