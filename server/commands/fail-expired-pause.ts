import { newState } from "../orchestration/states.ts";
import type { FlowRun } from "../store/flow-runs.ts";
import type { OverdueFlowRun } from "../store/overdue-runs.ts";
import type { CommandContext } from "./context.ts";
import { serviceCaller } from "./service-caller.ts";

/** Fails a run whose pause has run out. Returns false when it has moved on meanwhile. */
export async function failExpiredPause(
  { runs, now }: CommandContext,
  { id, workspace_id }: OverdueFlowRun,
): Promise<boolean> {
  const state = newState("FAILED", { message: "The flow was paused and never resumed." });
  const decision = await runs.transitionFlowRun({
    id,
    caller: serviceCaller(workspace_id),
    proposal: { state, force: true },
    policy: "core",
    onlyIf: (run) => hasExpired(run, now()),
  });
  return decision !== null;
}

function hasExpired({ state }: FlowRun, now: number): boolean {
  const timeout = state?.type === "PAUSED" ? state.state_details.pause_timeout : null;
  return timeout != null && timeout < now;
}
