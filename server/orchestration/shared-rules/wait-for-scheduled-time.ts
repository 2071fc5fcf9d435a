import { secondsBetween } from "@sluice/schemas";
import { wait } from "../rule.ts";
import type { AnyRunRule } from "../run-kinds.ts";

/** Nothing runs before its time; by the server's clock, since clients' clocks differ. */
export const waitForScheduledTime: AnyRunRule = {
  kind: "rule",
  name: "WaitForScheduledTime",
  from: ["SCHEDULED", "PENDING"],
  to: ["RUNNING"],
  before({ initial, context }) {
    const scheduledTime = initial?.state_details.scheduled_time;
    if (scheduledTime == null) return undefined;
    const delay = roundHalfDown(secondsBetween(context.now, scheduledTime));
    return delay > 0 ? wait(delay, "Scheduled time is in the future") : undefined;
  },
};

/** To the nearest whole second, which is all the wire can carry; exactly half a second is not waited for. */
function roundHalfDown(seconds: number): number {
  return Math.ceil(seconds - 0.5);
}
