/**
 * Filters as the store takes them: the wire's filter objects after parsing (moments are timestamps, ids are
 * lower-case). A criterion that is absent or null is no constraint; `any_: []` matches nothing.
 */
import type { StateType, Timestamp } from "@sluice/schemas";

export type Operator = "and_" | "or_";
type Maybe<T> = T | null | undefined;
type Strings = Maybe<readonly string[]>;

export interface AnyOf {
  readonly any_?: Strings;
}
export interface AnyOrNot extends AnyOf {
  readonly not_any_?: Strings;
}
export interface NameCriterion extends AnyOf {
  /** Case-insensitive substring; `%` and `_` have no special meaning. */
  readonly like_?: Maybe<string>;
}
export interface NullableCriterion extends AnyOf {
  readonly operator?: Operator;
  readonly is_null_?: Maybe<boolean>;
}
export interface TagsCriterion {
  readonly operator?: Operator;
  /** Has all of these tags. */
  readonly all_?: Strings;
  /** Has at least one of these tags. */
  readonly any_?: Strings;
  /** True: has no tags. False: has some. */
  readonly is_null_?: Maybe<boolean>;
}
/** Both bounds are inclusive. */
export interface MomentCriterion {
  readonly before_?: Maybe<Timestamp>;
  readonly after_?: Maybe<Timestamp>;
  readonly is_null_?: Maybe<boolean>;
}
export interface RangeCriterion {
  readonly ge_?: Maybe<number>;
  readonly le_?: Maybe<number>;
  readonly is_null_?: Maybe<boolean>;
}
export interface ExistsCriterion {
  readonly exists_?: Maybe<boolean>;
}
export interface StateCriterion {
  readonly operator?: Operator;
  readonly type?: Maybe<{
    readonly any_?: Maybe<readonly StateType[]>;
    readonly not_any_?: Maybe<readonly StateType[]>;
  }>;
  readonly name?: Maybe<AnyOrNot>;
}

export interface FlowFilter {
  readonly operator?: Operator;
  readonly id?: Maybe<AnyOrNot>;
  /** `is_null_` true: has no deployment. */
  readonly deployment?: Maybe<{ readonly operator?: Operator; readonly is_null_?: Maybe<boolean> }>;
  readonly name?: Maybe<NameCriterion>;
  readonly tags?: Maybe<TagsCriterion>;
}

export interface FlowRunFilter {
  readonly operator?: Operator;
  readonly id?: Maybe<AnyOrNot>;
  readonly name?: Maybe<NameCriterion>;
  readonly tags?: Maybe<TagsCriterion>;
  readonly deployment_id?: Maybe<NullableCriterion>;
  readonly work_queue_name?: Maybe<NullableCriterion>;
  readonly state?: Maybe<StateCriterion>;
  readonly flow_version?: Maybe<AnyOf>;
  readonly start_time?: Maybe<MomentCriterion>;
  readonly end_time?: Maybe<MomentCriterion>;
  readonly expected_start_time?: Maybe<MomentCriterion>;
  readonly next_scheduled_start_time?: Maybe<MomentCriterion>;
  readonly parent_flow_run_id?: Maybe<AnyOf>;
  readonly parent_task_run_id?: Maybe<NullableCriterion>;
  readonly idempotency_key?: Maybe<AnyOrNot>;
  readonly created_by?: Maybe<{
    readonly operator?: Operator;
    readonly id_?: Strings;
    readonly type_?: Strings;
    readonly is_null_?: Maybe<boolean>;
  }>;
}

export interface TaskRunFilter {
  readonly operator?: Operator;
  readonly id?: Maybe<AnyOf>;
  readonly name?: Maybe<NameCriterion>;
  readonly tags?: Maybe<TagsCriterion>;
  readonly state?: Maybe<StateCriterion>;
  readonly start_time?: Maybe<MomentCriterion>;
  readonly end_time?: Maybe<MomentCriterion>;
  readonly expected_start_time?: Maybe<MomentCriterion>;
  readonly subflow_runs?: Maybe<ExistsCriterion>;
  readonly flow_run_id?: Maybe<NullableCriterion>;
}

export interface DeploymentFilter {
  readonly operator?: Operator;
  readonly id?: Maybe<AnyOrNot>;
  readonly name?: Maybe<NameCriterion>;
  readonly flow_or_deployment_name?: Maybe<{ readonly like_?: Maybe<string> }>;
  readonly paused?: Maybe<{ readonly eq_?: Maybe<boolean> }>;
  readonly tags?: Maybe<TagsCriterion>;
  readonly work_queue_name?: Maybe<AnyOf>;
  readonly concurrency_limit?: Maybe<RangeCriterion>;
}

export interface WorkPoolFilter {
  readonly operator?: Operator;
  readonly id?: Maybe<AnyOf>;
  readonly name?: Maybe<AnyOf>;
  readonly type?: Maybe<AnyOf>;
}

export interface WorkQueueFilter {
  readonly operator?: Operator;
  readonly id?: Maybe<AnyOf>;
  readonly name?: Maybe<{ readonly any_?: Strings; readonly startswith_?: Strings }>;
}

/** The cross-object filter of list routes: every part that is given must hold for the row or for a row related to it. */
export interface ObjectFilters {
  readonly flows?: Maybe<FlowFilter>;
  readonly flow_runs?: Maybe<FlowRunFilter>;
  readonly task_runs?: Maybe<TaskRunFilter>;
  readonly deployments?: Maybe<DeploymentFilter>;
  readonly work_pools?: Maybe<WorkPoolFilter>;
  readonly work_pool_queues?: Maybe<WorkQueueFilter>;
}

export interface LogFilter {
  readonly operator?: Operator;
  readonly level?: Maybe<RangeCriterion>;
  readonly timestamp?: Maybe<MomentCriterion>;
  readonly flow_run_id?: Maybe<AnyOf>;
  readonly task_run_id?: Maybe<NullableCriterion>;
  /** Terms as in protocol section 7.6: OR of words, `"phrase"`, `-without`, `+with`. Over message and logger name. */
  readonly text?: Maybe<{ readonly query: string }>;
}

export interface ArtifactFilter {
  readonly operator?: Operator;
  readonly id?: Maybe<AnyOf>;
  readonly latest_id?: Maybe<AnyOf>;
  readonly key?: Maybe<NameCriterion & ExistsCriterion>;
  readonly flow_run_id?: Maybe<AnyOf>;
  readonly task_run_id?: Maybe<AnyOf>;
  readonly type?: Maybe<AnyOrNot>;
}
