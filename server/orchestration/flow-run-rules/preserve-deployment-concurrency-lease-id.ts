import type { FlowRunTransform } from "../run-kinds.ts";

/**
 * A run's slot is found again through its current state, so every state passes the lease's id on. Workers send an
 * explicit null, which must not lose it.
 */
export const preserveDeploymentConcurrencyLeaseId: FlowRunTransform = {
  kind: "transform",
  name: "PreserveDeploymentConcurrencyLeaseId",
  before({ initial, proposed }) {
    const leaseId = initial?.state_details.deployment_concurrency_lease_id;
    if (leaseId == null || proposed.state_details.deployment_concurrency_lease_id != null) return undefined;
    return { state_details: { deployment_concurrency_lease_id: leaseId } };
  },
};
