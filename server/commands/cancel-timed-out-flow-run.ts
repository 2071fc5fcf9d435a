import { newState } from "../orchestration/states.ts";
import type { OverdueFlowRun } from "../store/overdue-runs.ts";
import type { CommandContext } from "./context.ts";
import { serviceCaller } from "./service-caller.ts";

/**
 * Ends a cancellation that nobody carried out: the run has been CANCELLING in the very state that was found for too
 * long. Returns false when it has moved on meanwhile.
 */
export async function cancelTimedOutFlowRun(
  { runs }: CommandContext,
  { id, workspace_id, state_id }: OverdueFlowRun,
): Promise<boolean> {
  const state = newState("CANCELLED", {
    message: "Flow run cancellation timed out; marked this flow run as Cancelled.",
  });
  const decision = await runs.transitionFlowRun({
    id,
    caller: serviceCaller(workspace_id),
    proposal: { state, force: false },
    policy: "core",
    onlyIf: (run) => run.state?.id === state_id && run.state.type === "CANCELLING",
  });
  return decision?.status === "ACCEPT";
}
