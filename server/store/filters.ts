/** Filters as the store takes them: the contract's filter objects, parsed. */
import type {
  DeploymentFilter,
  FlowFilter,
  FlowRunFilter,
  LogFilter,
  TaskRunFilter,
  WorkPoolFilter,
  WorkQueueFilter,
} from "@sluice/schemas";

export type { LogFilter };

/**
 * The cross-object filter of lists: every part that is given must hold, for the row itself or for a row related to it.
 * A criterion that is absent or null is no constraint; `any_: []` matches nothing.
 */
export interface ObjectFilters {
  readonly flows?: FlowFilter | null;
  readonly flow_runs?: FlowRunFilter | null;
  readonly task_runs?: TaskRunFilter | null;
  readonly deployments?: DeploymentFilter | null;
  readonly work_pools?: WorkPoolFilter | null;
  readonly work_pool_queues?: WorkQueueFilter | null;
}
