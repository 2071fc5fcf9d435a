/** The run of a deployment that an earlier attempt of the calling flow has made by the same call. */
import { isDeepStrictEqual } from "node:util";
import type { Transport } from "../transport/transport.ts";
import type { FlowRunResponse, JsonObject } from "../transport/wire.ts";

/** Null when there is none, it ended otherwise than Completed, or was made with other parameters. */
export async function findEarlierRun(
  transport: Transport,
  trackingTaskRunId: string,
  parameters: JsonObject,
): Promise<FlowRunResponse | null> {
  const [run] = await transport.filterFlowRuns({
    flow_runs: { parent_task_run_id: { any_: [trackingTaskRunId] } },
    sort: "EXPECTED_START_TIME_DESC",
    limit: 1,
  });
  if (!run || run.state_type === null) return null;
  const isOfUse = !["FAILED", "CRASHED", "CANCELLED", "CANCELLING"].includes(run.state_type);
  // The run has the deployment's own parameters too.
  const isSame = Object.entries(parameters).every(([name, value]) =>
    isDeepStrictEqual(run.parameters[name], value),
  );
  return isOfUse && isSame ? run : null;
}
