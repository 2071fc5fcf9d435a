import { addSeconds, StateName } from "@sluice/schemas";
import { managesSlotsItself } from "../client-versions.ts";
import { acquireSlot, hasFreeSlot, renewSlot } from "../deployment-slots.ts";
import { abort, reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { anyExcept, newState } from "../states.ts";

const SLOTS_TAKEN = "Deployment concurrency limit reached.";

/**
 * A run takes a slot of its deployment's limit when it is claimed, before anything is provisioned for it. A run that
 * still holds one (its retry was waiting in a process that is gone) keeps it: no run holds two.
 */
export const secureFlowConcurrencySlots: FlowRunRule = {
  kind: "rule",
  name: "SecureFlowConcurrencySlots",
  from: anyExcept("PENDING", "RUNNING", "CANCELLING"),
  to: ["PENDING"],
  before({ facts, run, context }) {
    if (run.deployment_id === null || managesSlotsItself(context.client_version)) return undefined;
    const { deployment } = facts;
    if (deployment === null) return abort("Deployment not found.");
    const limit = deployment.concurrency_limit;
    if (limit === null) return undefined;
    if (limit.limit === 0) {
      return abort("The deployment concurrency limit is 0. The flow will deadlock if submitted again.");
    }
    if (facts.lease !== null) {
      return {
        state_details: { deployment_concurrency_lease_id: facts.lease },
        effects: [renewSlot(facts.lease, deployment, context)],
      };
    }
    if (hasFreeSlot(limit)) {
      return {
        state_details: { deployment_concurrency_lease_id: context.new_lease_id },
        effects: [acquireSlot(limit, deployment, facts, context)],
      };
    }
    if (deployment.collision_strategy === "CANCEL_NEW") {
      return reject(SLOTS_TAKEN, newState("CANCELLED", { message: SLOTS_TAKEN }));
    }
    const scheduled_time = addSeconds(context.now, context.settings.deployment_slot_wait_seconds);
    return reject(
      SLOTS_TAKEN,
      newState("SCHEDULED", { name: StateName.AwaitingConcurrencySlot, state_details: { scheduled_time } }),
    );
  },
};
