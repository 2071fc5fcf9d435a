import { addSeconds, StateName, type TaskRunPolicy } from "@sluice/schemas";
import { clampedPoissonInterval } from "../poisson-interval.ts";
import { reject } from "../rule.ts";
import type { TaskRunRule } from "../run-kinds.ts";
import { newState } from "../states.ts";

/** A failed task run with retries left waits for the next one, unless its client says it can't be retried. */
export const retryFailedTasks: TaskRunRule = {
  kind: "rule",
  name: "RetryFailedTasks",
  from: ["RUNNING"],
  to: ["FAILED"],
  before({ run, proposed, context }) {
    const policy = run.empirical_policy;
    if (proposed.state_details.retriable === false) return undefined;
    if (policy.retries === null || run.run_count > policy.retries) return undefined;
    const scheduled_time = addSeconds(context.now, retryDelay(policy, run.run_count, context.random));
    return reject(
      "Retrying",
      newState("SCHEDULED", {
        name: StateName.AwaitingRetry,
        message: proposed.message,
        data: proposed.data,
        state_details: { scheduled_time },
      }),
    );
  },
};

/** Seconds until the retry that follows run number `runCount` (from 1). */
function retryDelay(policy: TaskRunPolicy, runCount: number, random: number): number {
  const { retry_delay: delay, retry_jitter_factor: jitter } = policy;
  const base = (typeof delay === "number" ? delay : delay?.[Math.min(runCount, delay.length) - 1]) ?? 0;
  return jitter && base > 0 ? clampedPoissonInterval(base, jitter, random) : base;
}
