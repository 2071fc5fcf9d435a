import { addSeconds } from "@sluice/schemas";
import { clampedPoissonInterval, DEFAULT_CLAMPING_FACTOR } from "../poisson-interval.ts";
import type { TagLimitFacts } from "../facts.ts";
import { abort, wait } from "../rule.ts";
import type { TaskRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/** Task runs don't renew: the slot is theirs until they leave RUNNING. */
const LEASE_SECONDS = 100 * 365 * 24 * 60 * 60;

/** A tagged task run takes a slot of every limit on its tags, or waits for all of them. */
export const secureTaskConcurrencySlots: TaskRunRule = {
  kind: "rule",
  name: "SecureTaskConcurrencySlots",
  from: ANY,
  to: ["RUNNING"],
  before({ facts, run, context }) {
    const limits = facts.tag_limits;
    const closed = limits.find(({ limit }) => limit === 0);
    if (closed) {
      return abort(
        `The concurrency limit on tag "${closed.tag}" is 0 and will deadlock if the task tries to run again.`,
      );
    }
    const fullest = limits.toSorted((a, b) => b.occupied / b.limit - a.occupied / a.limit)[0];
    if (!fullest) return undefined;
    if (fullest.occupied >= fullest.limit) {
      const longest = context.settings.tag_slot_wait_seconds;
      const average = Math.min(fullest.avg_slot_occupancy_seconds || longest, longest);
      const delay = Math.round(clampedPoissonInterval(average, DEFAULT_CLAMPING_FACTOR, context.random));
      return wait(delay, `Concurrency limit reached for tags: ${tagsOf(limits)}`);
    }
    return {
      effects: [
        {
          kind: "acquire_lease",
          lease: {
            id: context.new_lease_id,
            limit_ids: limits.map(({ id }) => id),
            holder: { type: "task_run", id: run.id },
            expires: addSeconds(context.now, LEASE_SECONDS),
          },
        },
      ],
    };
  },
};

function tagsOf(limits: readonly TagLimitFacts[]): string {
  return limits.map(({ tag }) => tag).join(", ");
}
