/** Ends what a cancelled flow run left behind: its task runs and its subflows. */
import { isTerminal, type StateType } from "@sluice/schemas";
import { newState } from "../orchestration/states.ts";
import type { OverdueFlowRun, OverdueTaskRun } from "../store/overdue-runs.ts";
import type { CommandContext } from "./context.ts";
import { serviceCaller } from "./service-caller.ts";

const MESSAGE = "The parent flow run was cancelled.";

export async function cancelOrphanedTaskRun(
  { runs }: CommandContext,
  { id, workspace_id }: OverdueTaskRun,
): Promise<void> {
  await runs.transitionTaskRun({
    id,
    caller: serviceCaller(workspace_id),
    proposal: { state: newState("CANCELLED", { message: MESSAGE }), force: true },
    onlyIf: ({ state }) => !hasEnded(state),
  });
}

/** A subflow with a deployment may run somewhere and has to be stopped there first. */
export async function cancelOrphanedSubflowRun(
  { runs }: CommandContext,
  { id, workspace_id, deployment_id }: OverdueFlowRun,
): Promise<void> {
  const type: StateType = deployment_id === null ? "CANCELLED" : "CANCELLING";
  await runs.transitionFlowRun({
    id,
    caller: serviceCaller(workspace_id),
    proposal: { state: newState(type, { message: MESSAGE }), force: true },
    policy: "core",
    onlyIf: ({ state }) => !hasEnded(state) && state?.type !== type,
  });
}

function hasEnded(state: { readonly type: StateType } | null): boolean {
  return state !== null && isTerminal(state.type);
}
