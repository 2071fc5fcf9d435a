import type { FlowRunId, Timestamp } from "@sluice/schemas";
import { decideFlowRunTransition } from "../orchestration/decide-flow-run-transition.ts";
import type { FlowRunDecision, FlowRunEffect, Proposal } from "../orchestration/decision.ts";
import type { FlowRunPolicyName } from "../orchestration/flow-run-policies.ts";
import type { StoredEvent } from "../store/events.ts";
import type { FlowRun, FlowRunFacts, FlowRunTransition } from "../store/flow-runs.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import { flowRunStateEvent } from "./flow-run-state-event.ts";
import { inRounds } from "./in-rounds.ts";
import { flowRunRuleFacts } from "./rule-facts.ts";
import { SlotLedger } from "./slot-ledger.ts";
import { decisionContext, type TransitionEnvironment } from "./transition-environment.ts";
import { type TaskRunTransitionCall, transitionTaskRuns } from "./transition-task-runs.ts";
import { type LeaseWrite, writeLeases } from "./write-leases.ts";

export interface FlowRunTransitionCall {
  readonly id: FlowRunId;
  readonly caller: Caller;
  readonly proposal: Proposal;
  readonly policy: FlowRunPolicyName;
  /** Looked at under the run's lock; false leaves the run alone. */
  readonly onlyIf?: (run: FlowRun) => boolean;
}

/** Null: there is no such run, or it was left alone. */
export type FlowRunTransitionAnswer = FlowRunDecision | null;

/**
 * Decides and writes transitions of flow runs in the caller's transaction: states, history, leases, the parent task
 * runs of subflows, events. Answers in the order asked.
 */
export async function transitionFlowRuns(
  tx: StoreTransaction,
  environment: TransitionEnvironment,
  calls: readonly FlowRunTransitionCall[],
): Promise<FlowRunTransitionAnswer[]> {
  return await inRounds(
    calls,
    ({ id }) => id,
    (round) => transitionOnce(tx, environment, round),
  );
}

async function transitionOnce(
  tx: StoreTransaction,
  environment: TransitionEnvironment,
  calls: readonly FlowRunTransitionCall[],
): Promise<FlowRunTransitionAnswer[]> {
  const now = environment.now();
  const loaded = await tx.flowRuns.lockForTransition(
    calls.map(({ id }) => id),
    now,
  );
  const ledger = new SlotLedger();
  const effects = new FlowRunEffects(now);
  const transitions: FlowRunTransition[] = [];
  const answers: FlowRunTransitionAnswer[] = [];
  for (const call of calls) {
    const stored = loaded.get(call.id);
    if (!stored || !mayTransition(stored, call)) {
      answers.push(null);
      continue;
    }
    const decision = decideFlowRunTransition(
      flowRunRuleFacts(stored, ledger, now),
      call.proposal,
      decisionContext(environment, now, call.caller),
      call.policy,
    );
    answers.push(decision);
    const { write } = decision;
    if (!write) continue;
    const progress = { ...flowRunProgress(stored.run), ...write.run_patch };
    if (write.state) transitions.push({ id: call.id, state: write.state, progress, updated: now });
    else await updateWithoutState(tx, stored.run, progress, now);
    for (const effect of write.effects) {
      noteSlots(ledger, stored, effect, now);
      effects.add(stored, call.caller, effect);
    }
  }
  if (transitions.length > 0) await tx.flowRuns.applyTransitions(transitions);
  await effects.write(tx, environment);
  return answers;
}

/** Effects of several decisions, gathered so that each kind is written at once. */
export class FlowRunEffects {
  readonly #now: Timestamp;
  readonly #leases: LeaseWrite[] = [];
  readonly #parents: TaskRunTransitionCall[] = [];
  readonly #events: StoredEvent[] = [];

  constructor(now: Timestamp) {
    this.#now = now;
  }

  add(facts: FlowRunFacts, caller: Caller, effect: FlowRunEffect): void {
    switch (effect.kind) {
      case "emit_state_event":
        this.#events.push(flowRunStateEvent(facts, effect, this.#now));
        break;
      case "force_task_run_state":
        this.#parents.push({
          id: effect.task_run_id,
          caller,
          proposal: { state: effect.state, force: true },
        });
        break;
      case "acquire_lease":
      case "renew_lease":
      case "release_lease":
      case "release_leases_of_holder":
        this.#leases.push({ workspace_id: facts.run.workspace_id, effect });
        break;
    }
  }

  async write(tx: StoreTransaction, environment: TransitionEnvironment): Promise<void> {
    await writeLeases(tx, this.#leases, this.#now);
    if (this.#parents.length > 0) await transitionTaskRuns(tx, environment, this.#parents);
    if (this.#events.length > 0) await tx.outbox.append(this.#events);
  }
}

function mayTransition({ run }: FlowRunFacts, { caller, onlyIf }: FlowRunTransitionCall): boolean {
  return run.workspace_id === caller.workspace_id && (onlyIf?.(run) ?? true);
}

/** A refused resume changes nothing but the note that the run is resuming. */
async function updateWithoutState(
  tx: StoreTransaction,
  { workspace_id, id }: FlowRun,
  { empirical_policy }: FlowRunTransition["progress"],
  updated: Timestamp,
): Promise<void> {
  await tx.flowRuns.update(workspace_id, id, { empirical_policy, updated });
}

/** Tells the ledger which slots the next decisions of the batch find taken or free. */
function noteSlots(
  ledger: SlotLedger,
  { lease, deployment }: FlowRunFacts,
  effect: FlowRunEffect,
  now: Timestamp,
): void {
  if (effect.kind === "acquire_lease") ledger.take(effect.lease.limit_ids);
  if (effect.kind !== "release_lease" || !deployment?.limit || lease?.id !== effect.lease_id) return;
  if (lease.expires > now) ledger.giveBack([deployment.limit.id]);
}

function flowRunProgress(run: FlowRun): FlowRunTransition["progress"] {
  return {
    run_count: run.run_count,
    expected_start_time: run.expected_start_time,
    next_scheduled_start_time: run.next_scheduled_start_time,
    start_time: run.start_time,
    end_time: run.end_time,
    total_run_time: run.total_run_time,
    empirical_policy: run.empirical_policy,
    attempt: run.attempt,
  };
}
