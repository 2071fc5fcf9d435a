/** A state as clients read it: every detail is there, those that were not set as null or false (protocol section 3.1). */
import { formatTimestamp, type State, type StateDetails, type Timestamp } from "@sluice/schemas";
import { momentOrNull } from "./moments.ts";

export function presentState(state: State) {
  return {
    id: state.id,
    type: state.type,
    name: state.name,
    timestamp: formatTimestamp(state.timestamp),
    message: state.message,
    data: state.data ?? null,
    state_details: presentDetails(state.state_details),
  };
}

export function presentStateOrNull(state: State | null) {
  return state === null ? null : presentState(state);
}

function presentDetails(details: StateDetails) {
  return {
    flow_run_id: details.flow_run_id ?? null,
    task_run_id: details.task_run_id ?? null,
    child_flow_run_id: details.child_flow_run_id ?? null,
    scheduled_time: optionalMoment(details.scheduled_time),
    cache_key: details.cache_key ?? null,
    cache_expiration: optionalMoment(details.cache_expiration),
    deferred: details.deferred === undefined ? false : details.deferred,
    untrackable_result: details.untrackable_result ?? false,
    pause_timeout: optionalMoment(details.pause_timeout),
    pause_reschedule: details.pause_reschedule ?? false,
    pause_key: details.pause_key ?? null,
    run_input_keyset: details.run_input_keyset ?? null,
    refresh_cache: details.refresh_cache ?? null,
    retriable: details.retriable ?? null,
    transition_id: details.transition_id ?? null,
    task_parameters_id: details.task_parameters_id ?? null,
    traceparent: details.traceparent ?? null,
    deployment_concurrency_lease_id: details.deployment_concurrency_lease_id ?? null,
  };
}

function optionalMoment(moment: Timestamp | null | undefined): string | null {
  return momentOrNull(moment ?? null);
}
