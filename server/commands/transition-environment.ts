import { newId, newRandomId, type Timestamp } from "@sluice/schemas";
import type { DecisionContext, OrchestrationSettings } from "../orchestration/decision.ts";
import type { Caller } from "./caller.ts";

/** What the core must not make itself, from the outside. */
export interface TransitionEnvironment {
  readonly now: () => Timestamp;
  readonly random: () => number;
  readonly settings: OrchestrationSettings;
}

/** One decision's context. `now` is the batch's moment, taken once so that leases are judged alike for all of it. */
export function decisionContext(
  { random, settings }: TransitionEnvironment,
  now: Timestamp,
  { client_version, attempt }: Pick<Caller, "client_version" | "attempt">,
): DecisionContext {
  return {
    now,
    client_version,
    attempt,
    new_state_id: newId(),
    new_lease_id: newId(),
    new_pause_key: newRandomId(),
    random: random(),
    settings,
  };
}
