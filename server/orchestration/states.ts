/** Sets of state types that rules speak of, and the states that rules put in place of a proposed one. */
import {
  defaultStateName,
  type ProposedState,
  type State,
  type StateDetails,
  StateType,
  TERMINAL_STATE_TYPES,
  type Timestamp,
} from "@sluice/schemas";
import type { DecisionContext } from "./decision.ts";

/** A state type, or null for "no state": before a run's first one, or after a proposal was refused. */
export type MaybeStateType = StateType | null;

export const ANY: readonly MaybeStateType[] = [...Object.values(StateType), null];
export const TERMINAL: readonly MaybeStateType[] = TERMINAL_STATE_TYPES;

/** The types in which a run holds its deployment's slot. */
export const SLOT_HOLDING: readonly MaybeStateType[] = ["PENDING", "RUNNING", "CANCELLING"];

export function anyExcept(...excluded: readonly MaybeStateType[]): readonly MaybeStateType[] {
  return ANY.filter((type) => !excluded.includes(type));
}

/**
 * The proposal as the state it would become. A SCHEDULED state without a time is due now (protocol section 3.1).
 * No state of a run is as old as or older than the one before it, even when the clock was set back: history order,
 * event order and `total_run_time` rest on that.
 */
export function stampState(proposal: ProposedState, current: State | null, context: DecisionContext): State {
  return {
    id: context.new_state_id,
    type: proposal.type,
    name: proposal.name,
    timestamp: timestampAfter(current, context.now),
    message: proposal.message,
    data: proposal.data,
    state_details: withScheduledTime(proposal, context.now),
  };
}

/** A state made by a rule; `name` defaults to the type's. */
export function newState(type: StateType, fields: Partial<Omit<ProposedState, "type">> = {}): ProposedState {
  return {
    type,
    name: fields.name ?? defaultStateName(type),
    message: fields.message ?? null,
    data: fields.data ?? null,
    state_details: fields.state_details ?? {},
  };
}

/** True when the state's data names a stored result, so that losing the state would lose the result. */
export function hasPersistedResult(data: unknown): boolean {
  return (
    typeof data === "object" &&
    data !== null &&
    !Array.isArray(data) &&
    // Any object is result metadata unless it says it is not (protocol section 3.1).
    (data as { readonly type?: unknown }).type !== "unpersisted"
  );
}

function timestampAfter(current: State | null, now: Timestamp): Timestamp {
  return current !== null && now <= current.timestamp ? ((current.timestamp + 1) as Timestamp) : now;
}

function withScheduledTime(proposal: ProposedState, now: Timestamp): StateDetails {
  if (proposal.type !== StateType.SCHEDULED || proposal.state_details.scheduled_time != null) {
    return proposal.state_details;
  }
  return { ...proposal.state_details, scheduled_time: now };
}
