import { StateName } from "@sluice/schemas";
import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { ANY } from "../states.ts";

/** Late is for runs that wait, and only once; the run may have moved on since it was found overdue. */
export const ensureOnlyScheduledFlowsMarkedLate: FlowRunRule = {
  kind: "rule",
  name: "EnsureOnlyScheduledFlowsMarkedLate",
  from: ANY,
  to: ["SCHEDULED"],
  before({ initial, proposed }) {
    if (initial === null || proposed.name !== StateName.Late) return undefined;
    if (initial.type !== "SCHEDULED") return reject("Only scheduled flows can be marked late.");
    return initial.name === StateName.Late ? reject("This flow run is already marked late.") : undefined;
  },
};
