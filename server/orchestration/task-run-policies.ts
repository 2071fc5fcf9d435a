/** Which rules a task run's transition passes, in order (protocol section 3.11). */
import type { Policy } from "./rule.ts";
import type { TaskRunKind } from "./run-kinds.ts";
import { copyScheduledTime } from "./shared-rules/copy-scheduled-time.ts";
import { preventPendingTransitions } from "./shared-rules/prevent-pending-transitions.ts";
import { waitForScheduledTime } from "./shared-rules/wait-for-scheduled-time.ts";
import { cacheInsertion } from "./task-run-rules/cache-insertion.ts";
import { cacheRetrieval } from "./task-run-rules/cache-retrieval.ts";
import { copyTaskParametersId } from "./task-run-rules/copy-task-parameters-id.ts";
import { enqueueScheduledTasks } from "./task-run-rules/enqueue-scheduled-tasks.ts";
import { handleTaskTerminalStateTransitions } from "./task-run-rules/handle-task-terminal-state-transitions.ts";
import { preventRunningTasksFromStoppedFlows } from "./task-run-rules/prevent-running-tasks-from-stopped-flows.ts";
import { releaseTaskConcurrencySlots } from "./task-run-rules/release-task-concurrency-slots.ts";
import { renameReruns } from "./task-run-rules/rename-reruns.ts";
import { retryFailedTasks } from "./task-run-rules/retry-failed-tasks.ts";
import { secureTaskConcurrencySlots } from "./task-run-rules/secure-task-concurrency-slots.ts";
import { updateFlowRunTrackerOnTasks } from "./task-run-rules/update-flow-run-tracker-on-tasks.ts";

/** For what clients propose. */
const core: Policy<TaskRunKind> = [
  cacheRetrieval,
  handleTaskTerminalStateTransitions,
  preventRunningTasksFromStoppedFlows,
  secureTaskConcurrencySlots,
  copyScheduledTime,
  waitForScheduledTime,
  retryFailedTasks,
  renameReruns,
  updateFlowRunTrackerOnTasks,
  cacheInsertion,
  releaseTaskConcurrencySlots,
];

/** For deferred task runs: they may outlive their flow, and only one worker may take each. */
const background: Policy<TaskRunKind> = [
  preventPendingTransitions,
  cacheRetrieval,
  handleTaskTerminalStateTransitions,
  copyScheduledTime,
  copyTaskParametersId,
  waitForScheduledTime,
  retryFailedTasks,
  renameReruns,
  updateFlowRunTrackerOnTasks,
  cacheInsertion,
  releaseTaskConcurrencySlots,
  enqueueScheduledTasks,
];

/** For forced transitions, a run's first state and the tracking task runs of subflows. */
const minimal: Policy<TaskRunKind> = [releaseTaskConcurrencySlots];

export const TASK_RUN_POLICIES = { core, background, minimal } as const;
