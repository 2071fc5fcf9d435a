/** What a decision says: the answer for the client, and as plain data everything that must be written with it. */
import type {
  ConcurrencyLimitId,
  FlowRunId,
  FlowRunPolicy,
  LeaseId,
  ProposedState,
  SetStateStatus,
  State,
  StateId,
  StateResponseDetails,
  TaskRunId,
  Timestamp,
} from "@sluice/schemas";
import type { RunBookkeeping } from "./facts.ts";

/** Everything that a decision needs and must not make itself: the moment, fresh ids, a random number. */
export interface DecisionContext {
  readonly now: Timestamp;
  /** Version of the `prefect` client in the request's User-Agent; null when unknown. */
  readonly client_version: string | null;
  /** The attempt the client says it is executing; null: it says none and is not fenced. */
  readonly attempt: number | null;
  readonly new_state_id: StateId;
  readonly new_lease_id: LeaseId;
  readonly new_pause_key: string;
  /** Uniform in [0, 1). */
  readonly random: number;
  readonly settings: OrchestrationSettings;
}

export interface OrchestrationSettings {
  /** Seconds until a run that found its deployment's slots taken is scheduled again. */
  readonly deployment_slot_wait_seconds: number;
  /** Seconds a run's slot lives before its engine starts to renew it. */
  readonly initial_deployment_lease_seconds: number;
  /** The longest average wait, in seconds, that a task run is told when its tag's slots are taken. */
  readonly tag_slot_wait_seconds: number;
  readonly max_cache_key_length: number;
}

export const DEFAULT_ORCHESTRATION_SETTINGS: OrchestrationSettings = {
  deployment_slot_wait_seconds: 30,
  initial_deployment_lease_seconds: 300,
  tag_slot_wait_seconds: 10,
  max_cache_key_length: 2000,
};

export interface Proposal {
  readonly state: ProposedState;
  /** True: only the minimal policy applies; the bookkeeping always does. */
  readonly force: boolean;
}

export type LeaseHolder =
  | { readonly type: "flow_run"; readonly id: FlowRunId }
  | { readonly type: "task_run"; readonly id: TaskRunId };

/** One slot in each of some limits, held by a run until released or until `expires`. */
export interface NewLease {
  readonly id: LeaseId;
  readonly limit_ids: readonly ConcurrencyLimitId[];
  readonly holder: LeaseHolder;
  readonly expires: Timestamp;
}

/** Limits are locked and their occupancy known when these are decided, so carrying them out can't fail. */
export type LeaseEffect =
  | { readonly kind: "acquire_lease"; readonly lease: NewLease }
  | { readonly kind: "renew_lease"; readonly lease_id: LeaseId; readonly expires: Timestamp }
  | { readonly kind: "release_lease"; readonly lease_id: LeaseId }
  | { readonly kind: "release_leases_of_holder"; readonly holder: LeaseHolder };

/** A state-change event is due; its id is the new state's (protocol section 7.3, first row). */
export interface StateEventEffect {
  readonly kind: "emit_state_event";
  readonly initial_state: State | null;
  readonly validated_state: State;
  readonly run_count: number;
}

/** The run is a subflow: its tracking task run takes the same state by force. */
export interface ParentTaskRunEffect {
  readonly kind: "force_task_run_state";
  readonly task_run_id: TaskRunId;
  readonly state: ProposedState;
}

export type FlowRunEffect = LeaseEffect | StateEventEffect | ParentTaskRunEffect;

export type TaskRunEffect =
  | LeaseEffect
  | {
      readonly kind: "cache_state";
      readonly cache_key: string;
      readonly cache_expiration: Timestamp | null;
      readonly state: State;
    }
  | {
      readonly kind: "enqueue_task_run";
      readonly task_key: string;
      readonly queue: "scheduled" | "retry";
    };

/** Columns of the run row to change; a missing key keeps its value. */
export type FlowRunPatch = Partial<
  RunBookkeeping & {
    readonly empirical_policy: FlowRunPolicy;
    readonly attempt: number;
  }
>;
export type TaskRunPatch = Partial<RunBookkeeping & { readonly flow_run_run_count: number }>;

interface Decision<Patch, Effect> {
  readonly status: SetStateStatus;
  readonly details: StateResponseDetails;
  /** The state to answer with: the new one, or the unchanged current one. */
  readonly state: State | null;
  /**
   * What to write; null: nothing. `state` is the new current state, with a history row of its own; null when only
   * columns change (a rejected resume still marks the run as resuming).
   */
  readonly write: {
    readonly state: State | null;
    readonly run_patch: Patch;
    readonly effects: readonly Effect[];
  } | null;
}

export type FlowRunDecision = Decision<FlowRunPatch, FlowRunEffect> & {
  /** The attempt that holds the run after this decision. */
  readonly attempt: number;
};
export type TaskRunDecision = Decision<TaskRunPatch, TaskRunEffect>;
