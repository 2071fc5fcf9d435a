import { addSeconds, StateName } from "@sluice/schemas";
import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { newState } from "../states.ts";

/**
 * A failed run with retries left becomes one that waits (protocol section 3.5). `in_process` keeps workers away from
 * it: the engine that runs it is alive and will go on.
 */
export const retryFailedFlows: FlowRunRule = {
  kind: "rule",
  name: "RetryFailedFlows",
  from: ["RUNNING"],
  to: ["FAILED"],
  before({ run, initial, proposed, context }) {
    const policy = run.empirical_policy;
    if (policy.retries === null || run.run_count > policy.retries) {
      return { run: { empirical_policy: { ...policy, retry_type: null } } };
    }
    const awaitingRetry = newState("SCHEDULED", {
      name: StateName.AwaitingRetry,
      message: proposed.message,
      data: proposed.data,
      state_details: {
        scheduled_time: addSeconds(context.now, policy.retry_delay ?? 0),
        deployment_concurrency_lease_id: initial?.state_details.deployment_concurrency_lease_id ?? null,
      },
    });
    return {
      ...reject("Retrying", awaitingRetry),
      run: {
        empirical_policy: { ...policy, resuming: false, pause_keys: [], retry_type: "in_process" },
      },
    };
  },
};
