import type { AnyRunRule } from "../run-kinds.ts";

/** A PENDING state keeps the time its run was scheduled for, unless it brings its own. */
export const copyScheduledTime: AnyRunRule = {
  kind: "rule",
  name: "CopyScheduledTime",
  from: ["SCHEDULED"],
  to: ["PENDING"],
  before({ initial, proposed }) {
    if (proposed.state_details.scheduled_time != null) return undefined;
    return { state_details: { scheduled_time: initial?.state_details.scheduled_time ?? null } };
  },
};
