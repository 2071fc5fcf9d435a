import { isTerminal, type SetStateStatus, type State, StateName } from "@sluice/schemas";
import type { FlowRunTransform } from "../run-kinds.ts";
import { SLOT_HOLDING } from "../states.ts";

/**
 * A run gives its slot back when it stops executing: on leaving the types that hold one, and at its end in any case.
 * While a live engine waits for its own retry it keeps the slot, because it goes on renewing the lease.
 */
export const releaseFlowConcurrencySlots: FlowRunTransform = {
  kind: "transform",
  name: "ReleaseFlowConcurrencySlots",
  after({ initial, proposed, status }) {
    const leaseId = initial?.state_details.deployment_concurrency_lease_id ?? null;
    if (initial === null || leaseId === null) return undefined;
    const leaves = SLOT_HOLDING.includes(initial.type) && !SLOT_HOLDING.includes(proposed.type);
    if (!(leaves || isTerminal(proposed.type)) || retriesInProcess(proposed, status)) return undefined;
    return { effects: [{ kind: "release_lease", lease_id: leaseId }] };
  },
};

/** `AwaitingRetry` as a client's own proposal is a process saying goodbye; only the retry rule's keeps its slot. */
function retriesInProcess(proposed: State, status: SetStateStatus): boolean {
  return proposed.type === "SCHEDULED" && proposed.name === StateName.AwaitingRetry && status === "REJECT";
}
