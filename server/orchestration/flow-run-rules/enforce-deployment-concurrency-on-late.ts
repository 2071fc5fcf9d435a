import { StateName } from "@sluice/schemas";
import { hasFreeSlot } from "../deployment-slots.ts";
import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { newState } from "../states.ts";

/** A deployment that cancels what finds no slot cancels overdue runs too, instead of letting them pile up. */
export const enforceDeploymentConcurrencyOnLate: FlowRunRule = {
  kind: "rule",
  name: "EnforceDeploymentConcurrencyOnLate",
  from: ["SCHEDULED"],
  to: ["SCHEDULED"],
  before({ facts, proposed }) {
    const limit = facts.deployment?.concurrency_limit ?? null;
    if (proposed.name !== StateName.Late || limit === null) return undefined;
    if (facts.deployment?.collision_strategy !== "CANCEL_NEW" || hasFreeSlot(limit)) return undefined;
    return reject(
      "Deployment concurrency limit is full and uses the CANCEL_NEW strategy.",
      newState("CANCELLED", { message: "Deployment concurrency limit reached." }),
    );
  },
};
