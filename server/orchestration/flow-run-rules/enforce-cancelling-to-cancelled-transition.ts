import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { anyExcept } from "../states.ts";

/** A run that is being cancelled can only become cancelled. */
export const enforceCancellingToCancelledTransition: FlowRunRule = {
  kind: "rule",
  name: "EnforceCancellingToCancelledTransition",
  from: ["CANCELLING"],
  to: anyExcept("CANCELLED"),
  before() {
    return reject("Cannot transition flows that are cancelling to a state other than Cancelled.");
  },
};
