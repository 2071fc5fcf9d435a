/**
 * Rules and transforms as values.
 *
 * A rule looks at a transition of certain types and may refuse, replace or amend it. A transform keeps books and can
 * only amend. Both are pure: what they want done is in what they return.
 */
import type { ProposedState, SetStateStatus, State, StateDetails } from "@sluice/schemas";
import type { DecisionContext } from "./decision.ts";
import type { MaybeStateType } from "./states.ts";

/** What kinds of run a rule works on: its facts, the columns it may change, the effects it may ask for. */
export interface RunKind {
  readonly facts: unknown;
  readonly columns: object;
  readonly effect: unknown;
}

/** A transition on its way through the rules. */
export interface Transition<Facts, Columns> {
  readonly facts: Facts;
  readonly context: DecisionContext;
  /** The run's columns, with what earlier hooks changed. */
  readonly run: Columns;
  readonly initial: State | null;
  /** The state as it would be written now; null once the transition is refused. */
  readonly proposed: State | null;
  readonly status: SetStateStatus;
}

export interface ProposedTransition<Facts, Columns> extends Transition<Facts, Columns> {
  readonly proposed: State;
}

/** A transition whose outcome is known: `validated` is the run's state from now on. */
export interface SettledTransition<Facts, Columns> extends Transition<Facts, Columns> {
  readonly validated: State | null;
}

export interface WrittenTransition<Facts, Columns> extends ProposedTransition<Facts, Columns> {
  readonly validated: State;
}

/** A "no", or a "not that but this". */
export type Refusal =
  /** With a state: that one is written instead. Without: nothing is, and the current state is the answer. */
  | { readonly verdict: "REJECT"; readonly state: ProposedState | null; readonly reason: string }
  | { readonly verdict: "ABORT"; readonly reason: string }
  | { readonly verdict: "WAIT"; readonly delay_seconds: number; readonly reason: string };

/** What happens once the outcome is known; the state can't change any more. */
export interface Aftermath<Columns, Effect> {
  readonly run?: Partial<Columns>;
  readonly effects?: readonly Effect[];
}

/** What a hook changes beside the verdict. */
export interface Amendment<Columns, Effect> extends Aftermath<Columns, Effect> {
  /** Keys to set in the proposed state's details. */
  readonly state_details?: Partial<StateDetails>;
  /** The proposed state's new name. */
  readonly name?: string;
}

export interface Ruling<Columns, Effect> extends Amendment<Columns, Effect> {
  readonly refusal?: Refusal;
}

export interface Rule<Kind extends RunKind> {
  readonly kind: "rule";
  readonly name: string;
  readonly from: readonly MaybeStateType[];
  readonly to: readonly MaybeStateType[];
  /** Called when the transition still has the types it was proposed with. */
  before?(
    transition: ProposedTransition<Kind["facts"], Kind["columns"]>,
  ): Ruling<Kind["columns"], Kind["effect"]> | undefined;
  /** Called when the outcome is what this rule saw, or what it put in place, and its type is in `to`. */
  after?(
    transition: SettledTransition<Kind["facts"], Kind["columns"]>,
  ): Aftermath<Kind["columns"], Kind["effect"]> | undefined;
  /**
   * Called instead of `after` when a later rule changed the outcome's type. The effects that `before` asked for are
   * dropped by then; what remains is to take back column changes.
   */
  cleanup?(
    transition: SettledTransition<Kind["facts"], Kind["columns"]>,
  ): Aftermath<Kind["columns"], Kind["effect"]> | undefined;
}

export interface Transform<Kind extends RunKind> {
  readonly kind: "transform";
  readonly name: string;
  /** Called whenever there still is a proposal, whatever its type. */
  before?(
    transition: ProposedTransition<Kind["facts"], Kind["columns"]>,
  ): Amendment<Kind["columns"], Kind["effect"]> | undefined;
  after?(
    transition: WrittenTransition<Kind["facts"], Kind["columns"]>,
  ): Aftermath<Kind["columns"], Kind["effect"]> | undefined;
}

export type PolicyEntry<Kind extends RunKind> = Rule<Kind> | Transform<Kind>;

/** Rules and transforms in the order in which they are asked. */
export type Policy<Kind extends RunKind> = readonly PolicyEntry<Kind>[];

export function reject(reason: string, state: ProposedState | null = null): { readonly refusal: Refusal } {
  return { refusal: { verdict: "REJECT", state, reason } };
}

export function abort(reason: string): { readonly refusal: Refusal } {
  return { refusal: { verdict: "ABORT", reason } };
}

export function wait(delay_seconds: number, reason: string): { readonly refusal: Refusal } {
  return { refusal: { verdict: "WAIT", delay_seconds, reason } };
}
