import { StateName } from "@sluice/schemas";
import { newState } from "../orchestration/states.ts";
import type { OverdueFlowRun } from "../store/overdue-runs.ts";
import type { CommandContext } from "./context.ts";
import { serviceCaller } from "./service-caller.ts";

/** Marks a run that should have started as Late; its deployment may have it cancelled instead. */
export async function markFlowRunLate(
  { runs }: CommandContext,
  { id, workspace_id, next_scheduled_start_time }: OverdueFlowRun,
): Promise<void> {
  const state = newState("SCHEDULED", {
    name: StateName.Late,
    state_details: { scheduled_time: next_scheduled_start_time },
  });
  await runs.transitionFlowRun({
    id,
    caller: serviceCaller(workspace_id),
    proposal: { state, force: false },
    policy: "markLate",
  });
}
