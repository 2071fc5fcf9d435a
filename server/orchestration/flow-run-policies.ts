/** Which rules a flow run's transition passes, in order (protocol section 3.4). */
import { bypassCancellingFlowRunsWithNoInfra } from "./flow-run-rules/bypass-cancelling-flow-runs-with-no-infra.ts";
import { enforceCancellingToCancelledTransition } from "./flow-run-rules/enforce-cancelling-to-cancelled-transition.ts";
import { enforceDeploymentConcurrencyOnLate } from "./flow-run-rules/enforce-deployment-concurrency-on-late.ts";
import { ensureOnlyScheduledFlowsMarkedLate } from "./flow-run-rules/ensure-only-scheduled-flows-marked-late.ts";
import { handleFlowTerminalStateTransitions } from "./flow-run-rules/handle-flow-terminal-state-transitions.ts";
import { handlePausingFlows } from "./flow-run-rules/handle-pausing-flows.ts";
import { handleResumingPausedFlows } from "./flow-run-rules/handle-resuming-paused-flows.ts";
import { instrumentFlowRunStateTransitions } from "./flow-run-rules/instrument-flow-run-state-transitions.ts";
import { preserveDeploymentConcurrencyLeaseId } from "./flow-run-rules/preserve-deployment-concurrency-lease-id.ts";
import { preventDuplicateTransitions } from "./flow-run-rules/prevent-duplicate-transitions.ts";
import { preventResultDataLoss } from "./flow-run-rules/prevent-result-data-loss.ts";
import { refuseSupersededAttempts } from "./flow-run-rules/refuse-superseded-attempts.ts";
import { releaseFlowConcurrencySlots } from "./flow-run-rules/release-flow-concurrency-slots.ts";
import { removeDeploymentConcurrencyLeaseForOldClientVersions } from "./flow-run-rules/remove-deployment-concurrency-lease-for-old-client-versions.ts";
import { retryFailedFlows } from "./flow-run-rules/retry-failed-flows.ts";
import { secureFlowConcurrencySlots } from "./flow-run-rules/secure-flow-concurrency-slots.ts";
import { validateDeploymentConcurrencyAtRunning } from "./flow-run-rules/validate-deployment-concurrency-at-running.ts";
import type { Policy } from "./rule.ts";
import type { FlowRunKind } from "./run-kinds.ts";
import { copyScheduledTime } from "./shared-rules/copy-scheduled-time.ts";
import { preventPendingTransitions } from "./shared-rules/prevent-pending-transitions.ts";
import { waitForScheduledTime } from "./shared-rules/wait-for-scheduled-time.ts";

/** For what clients propose. */
const core: Policy<FlowRunKind> = [
  preserveDeploymentConcurrencyLeaseId,
  preventDuplicateTransitions,
  refuseSupersededAttempts,
  handleFlowTerminalStateTransitions,
  enforceCancellingToCancelledTransition,
  bypassCancellingFlowRunsWithNoInfra,
  preventPendingTransitions,
  validateDeploymentConcurrencyAtRunning,
  secureFlowConcurrencySlots,
  removeDeploymentConcurrencyLeaseForOldClientVersions,
  ensureOnlyScheduledFlowsMarkedLate,
  handlePausingFlows,
  handleResumingPausedFlows,
  copyScheduledTime,
  waitForScheduledTime,
  retryFailedFlows,
  instrumentFlowRunStateTransitions,
  releaseFlowConcurrencySlots,
];

/** For forced transitions and a run's first state. They too must not lose track of a slot that the run holds. */
const minimal: Policy<FlowRunKind> = [
  preserveDeploymentConcurrencyLeaseId,
  refuseSupersededAttempts,
  preventResultDataLoss,
  bypassCancellingFlowRunsWithNoInfra,
  instrumentFlowRunStateTransitions,
  releaseFlowConcurrencySlots,
];

/** For the service that marks overdue runs. */
const markLate: Policy<FlowRunKind> = [
  preserveDeploymentConcurrencyLeaseId,
  ensureOnlyScheduledFlowsMarkedLate,
  enforceDeploymentConcurrencyOnLate,
  instrumentFlowRunStateTransitions,
];

export const FLOW_RUN_POLICIES = { core, minimal, markLate } as const;
export type FlowRunPolicyName = keyof typeof FLOW_RUN_POLICIES;
