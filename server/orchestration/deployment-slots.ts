/** Slots of a deployment's concurrency limit (protocol section 3.9), as leases that the run holds. */
import { addSeconds, type LeaseId, type Timestamp } from "@sluice/schemas";
import type { DecisionContext, LeaseEffect } from "./decision.ts";
import type { DeploymentFacts, FlowRunFacts, LimitOccupancy } from "./facts.ts";

/** "Until released", for clients that don't renew: far enough that nobody waits for it. */
const UNRENEWED_LEASE_SECONDS = 100 * 365 * 24 * 60 * 60;

export function hasFreeSlot(limit: LimitOccupancy): boolean {
  return limit.occupied < limit.limit;
}

export function acquireSlot(
  limit: LimitOccupancy,
  deployment: DeploymentFacts,
  facts: FlowRunFacts,
  context: DecisionContext,
): LeaseEffect {
  return {
    kind: "acquire_lease",
    lease: {
      id: context.new_lease_id,
      limit_ids: [limit.id],
      holder: { type: "flow_run", id: facts.run.id },
      expires: endOfGracePeriod(deployment, context),
    },
  };
}

export function renewSlot(
  leaseId: LeaseId,
  deployment: DeploymentFacts,
  context: DecisionContext,
): LeaseEffect {
  return { kind: "renew_lease", lease_id: leaseId, expires: endOfGracePeriod(deployment, context) };
}

export function keepSlotUntilReleased(leaseId: LeaseId, context: DecisionContext): LeaseEffect {
  return {
    kind: "renew_lease",
    lease_id: leaseId,
    expires: addSeconds(context.now, UNRENEWED_LEASE_SECONDS),
  };
}

/** How long a run may take to come up before its slot is free for others. */
function endOfGracePeriod(deployment: DeploymentFacts, context: DecisionContext): Timestamp {
  const seconds = deployment.grace_period_seconds ?? context.settings.initial_deployment_lease_seconds;
  return addSeconds(context.now, seconds);
}
