/**
 * The rule machine (protocol section 3.3). It owns the order in which hooks run; rules own what they say.
 *
 * 1. The rules are chosen once, by the types of the run's state and of the proposal as it came in.
 * 2. They are entered in list order. A rule is skipped when an earlier one changed the proposal's type. Transforms are
 *    entered whenever there is a proposal.
 * 3. A refusal replaces the proposal or takes it away; the rule that refused takes the new type as its own.
 * 4. Then the outcome is settled, and hooks run in reverse order: `after` for a rule whose type is still the outcome's
 *    (and in its `to`), `cleanup` for a rule whose type a later one changed.
 */
import type { SetStateStatus, State, StateResponseDetails } from "@sluice/schemas";
import type { DecisionContext } from "./decision.ts";
import type {
  Aftermath,
  Amendment,
  Policy,
  PolicyEntry,
  Refusal,
  Rule,
  Ruling,
  RunKind,
  SettledTransition,
  Transition,
} from "./rule.ts";
import { type MaybeStateType, stampState } from "./states.ts";

export interface OrchestrationInput<Kind extends RunKind> {
  readonly facts: Kind["facts"];
  readonly context: DecisionContext;
  readonly columns: Kind["columns"];
  readonly initial: State | null;
  readonly proposed: State;
  readonly policy: Policy<Kind>;
}

export interface OrchestrationOutcome<Kind extends RunKind> {
  readonly status: SetStateStatus;
  readonly details: StateResponseDetails;
  /** The state to write; null: none. */
  readonly written: State | null;
  readonly columns: Kind["columns"];
  readonly effects: readonly Kind["effect"][];
}

/** One rule or transform on the stack, between its entry and its exit. */
interface Entered<Kind extends RunKind> {
  readonly entry: PolicyEntry<Kind>;
  /** The type the rule stands for: the proposal's when it was entered, or that of its own substitute. */
  to: MaybeStateType;
  readonly effects: Kind["effect"][];
}

export function orchestrate<Kind extends RunKind>(
  input: OrchestrationInput<Kind>,
): OrchestrationOutcome<Kind> {
  const from = input.initial?.type ?? null;
  const to = input.proposed.type;
  const { facts, context, initial } = input;
  let current: Transition<Kind["facts"], Kind["columns"]> = {
    facts,
    context,
    initial,
    run: input.columns,
    proposed: input.proposed,
    status: "ACCEPT",
  };
  let details: StateResponseDetails = { type: "accept_details" };
  const stack: Entered<Kind>[] = [];

  for (const entry of input.policy) {
    const { proposed } = current;
    if (proposed === null) break;
    if (entry.kind === "rule" && !(governs(entry, from, to) && proposed.type === to)) continue;
    const entered: Entered<Kind> = { entry, to, effects: [] };
    stack.push(entered);
    const ruling: Ruling<Kind["columns"], Kind["effect"]> | undefined = entry.before?.({
      ...current,
      proposed,
    });
    if (!ruling) continue;
    entered.effects.push(...(ruling.effects ?? []));
    current = amend(current, ruling);
    if (!ruling.refusal) continue;
    details = detailsOf(ruling.refusal);
    const substitute = substituteOf(ruling.refusal, proposed, initial, context);
    current = { ...current, status: ruling.refusal.verdict, proposed: substitute };
    entered.to = substitute?.type ?? null;
  }

  const validated = current.proposed ?? initial;
  for (const entered of stack.toReversed()) {
    const aftermath = leave(entered, { ...current, validated });
    entered.effects.push(...(aftermath?.effects ?? []));
    if (aftermath?.run) current = { ...current, run: { ...current.run, ...aftermath.run } };
  }

  return {
    status: current.status,
    details,
    written: current.proposed,
    columns: current.run,
    effects: stack.flatMap((entered) => entered.effects),
  };
}

function governs<Kind extends RunKind>(rule: Rule<Kind>, from: MaybeStateType, to: MaybeStateType): boolean {
  return rule.from.includes(from) && rule.to.includes(to);
}

function amend<Kind extends RunKind>(
  transition: Transition<Kind["facts"], Kind["columns"]>,
  change: Amendment<Kind["columns"], Kind["effect"]>,
): Transition<Kind["facts"], Kind["columns"]> {
  const { proposed } = transition;
  return {
    ...transition,
    run: change.run ? { ...transition.run, ...change.run } : transition.run,
    proposed: proposed && {
      ...proposed,
      name: change.name ?? proposed.name,
      state_details: change.state_details
        ? { ...proposed.state_details, ...change.state_details }
        : proposed.state_details,
    },
  };
}

/**
 * The state in place of the proposed one. It keeps the transition's id: a client that sends its transition again because
 * the answer was lost must be told of the substitute, and not have its transition judged a second time.
 */
function substituteOf(
  refusal: Refusal,
  proposed: State,
  initial: State | null,
  context: DecisionContext,
): State | null {
  if (refusal.verdict !== "REJECT" || refusal.state === null) return null;
  const { transition_id } = proposed.state_details;
  const state_details = { ...refusal.state.state_details, ...(transition_id && { transition_id }) };
  return stampState({ ...refusal.state, state_details }, initial, context);
}

function detailsOf(refusal: Refusal): StateResponseDetails {
  switch (refusal.verdict) {
    case "REJECT":
      return { type: "reject_details", reason: refusal.reason };
    case "ABORT":
      return { type: "abort_details", reason: refusal.reason };
    case "WAIT":
      return { type: "wait_details", delay_seconds: refusal.delay_seconds, reason: refusal.reason };
  }
}

function leave<Kind extends RunKind>(
  entered: Entered<Kind>,
  transition: SettledTransition<Kind["facts"], Kind["columns"]>,
): Aftermath<Kind["columns"], Kind["effect"]> | undefined {
  const { entry, to } = entered;
  const { proposed, validated } = transition;
  if (entry.kind === "transform") {
    if (proposed === null || validated === null) return undefined;
    return entry.after?.({ ...transition, proposed, validated });
  }
  if (!entry.to.includes(to)) return undefined;
  if ((proposed?.type ?? null) === to) return entry.after?.(transition);
  entered.effects.length = 0;
  return entry.cleanup?.(transition);
}
