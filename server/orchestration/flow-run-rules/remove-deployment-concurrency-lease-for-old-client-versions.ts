import { renewsLeases } from "../client-versions.ts";
import { keepSlotUntilReleased } from "../deployment-slots.ts";
import type { FlowRunRule } from "../run-kinds.ts";

/** A client that doesn't renew its lease holds its slot without one: until the run leaves, however long it takes. */
export const removeDeploymentConcurrencyLeaseForOldClientVersions: FlowRunRule = {
  kind: "rule",
  name: "RemoveDeploymentConcurrencyLeaseForOldClientVersions",
  from: ["PENDING"],
  to: ["RUNNING", "CANCELLING"],
  after({ facts, context }) {
    if (facts.lease === null || renewsLeases(context.client_version)) return undefined;
    return { effects: [keepSlotUntilReleased(facts.lease, context)] };
  },
};
