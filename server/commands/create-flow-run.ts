import type { FlowRunCreate } from "@sluice/schemas";
import type { Caller } from "./caller.ts";
import type { CommandContext } from "./context.ts";
import { Refusal } from "./errors.ts";
import type { FlowRunCreateAnswer } from "./insert-flow-runs.ts";

/**
 * Makes a flow run in its first state, or finds the one of the same flow and idempotency key.
 *
 * @throws Refusal not_found when it names a work pool
 * @throws StoreConflictError when its flow, deployment or parent task run does not exist
 */
export async function createFlowRun(
  { runs }: CommandContext,
  caller: Caller,
  body: FlowRunCreate,
): Promise<FlowRunCreateAnswer> {
  // This server keeps no work pools, so a named one does not exist.
  if (body.work_pool_name !== null) {
    throw new Refusal("not_found", `Work pool "${body.work_pool_name}" not found.`);
  }
  return await runs.createFlowRun({ caller, body });
}
