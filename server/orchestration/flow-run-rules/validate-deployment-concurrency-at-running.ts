import { renewsLeases } from "../client-versions.ts";
import { acquireSlot, hasFreeSlot, renewSlot } from "../deployment-slots.ts";
import { reject } from "../rule.ts";
import type { FlowRunRule } from "../run-kinds.ts";
import { newState } from "../states.ts";

/**
 * Provisioning may outlast the lease on the run's slot. A run that comes up takes its slot again, or another if there
 * is one; else it is cancelled, since its infrastructure is up and can't wait.
 */
export const validateDeploymentConcurrencyAtRunning: FlowRunRule = {
  kind: "rule",
  name: "ValidateDeploymentConcurrencyAtRunning",
  from: ["PENDING"],
  to: ["RUNNING"],
  before({ facts, initial, context }) {
    const leaseId = initial?.state_details.deployment_concurrency_lease_id ?? null;
    const carried = { state_details: { deployment_concurrency_lease_id: leaseId } };
    const { deployment } = facts;
    const limit = deployment?.concurrency_limit ?? null;
    // A client that doesn't renew would lose its lease anyway; its slot is kept for it by the next rule.
    if (leaseId === null || !renewsLeases(context.client_version) || deployment === null || limit === null) {
      return carried;
    }
    if (facts.lease !== null) return { ...carried, effects: [renewSlot(facts.lease, deployment, context)] };
    if (hasFreeSlot(limit)) {
      return {
        state_details: { deployment_concurrency_lease_id: context.new_lease_id },
        effects: [acquireSlot(limit, deployment, facts, context)],
      };
    }
    return reject(
      "Deployment concurrency limit reached after lease expiry.",
      newState("CANCELLED", {
        message:
          "Deployment concurrency slot lost during provisioning - no slots available to continue execution",
      }),
    );
  },
};
