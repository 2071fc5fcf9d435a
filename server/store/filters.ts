/** Filters as the store takes them: the contract's filter objects, parsed. */
import type {
  DeploymentFilter,
  FlowFilter,
  FlowRunFilter,
  LogFilter,
  Operator,
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

type Strings = readonly string[] | null;

/** Which artifacts (protocol section 9.3). */
export interface ArtifactFilter {
  readonly operator?: Operator;
  readonly id?: { readonly any_?: Strings } | null;
  readonly key?: {
    readonly any_?: Strings;
    readonly like_?: string | null;
    readonly exists_?: boolean | null;
  } | null;
  readonly flow_run_id?: { readonly any_?: Strings } | null;
  readonly task_run_id?: { readonly any_?: Strings } | null;
  readonly type?: { readonly any_?: Strings; readonly not_any_?: Strings } | null;
}
