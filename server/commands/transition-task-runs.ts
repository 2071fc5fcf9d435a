import type { State, TaskRunId, Timestamp } from "@sluice/schemas";
import { decideTaskRunTransition } from "../orchestration/decide-task-run-transition.ts";
import type { Proposal, TaskRunDecision } from "../orchestration/decision.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { QueuedTaskRun } from "../store/task-queue.ts";
import type { TaskRun, TaskRunFacts, TaskRunTransition } from "../store/task-runs.ts";
import type { Caller } from "./caller.ts";
import { inRounds } from "./in-rounds.ts";
import { taskRunRuleFacts } from "./rule-facts.ts";
import { SlotLedger } from "./slot-ledger.ts";
import { decisionContext, type TransitionEnvironment } from "./transition-environment.ts";
import { type LeaseWrite, writeLeases } from "./write-leases.ts";

export interface TaskRunTransitionCall {
  readonly id: TaskRunId;
  readonly caller: Caller;
  readonly proposal: Proposal;
  /** Looked at under the run's lock; false leaves the run alone. */
  readonly onlyIf?: (run: TaskRun) => boolean;
}

/** Null: there is no such run, or it was left alone. */
export type TaskRunTransitionAnswer = TaskRunDecision | null;

/** Decides and writes transitions of task runs in the caller's transaction. Answers in the order asked. */
export async function transitionTaskRuns(
  tx: StoreTransaction,
  environment: TransitionEnvironment,
  calls: readonly TaskRunTransitionCall[],
): Promise<TaskRunTransitionAnswer[]> {
  return await inRounds(
    calls,
    ({ id }) => id,
    (round) => transitionOnce(tx, environment, round),
  );
}

async function transitionOnce(
  tx: StoreTransaction,
  environment: TransitionEnvironment,
  calls: readonly TaskRunTransitionCall[],
): Promise<TaskRunTransitionAnswer[]> {
  const now = environment.now();
  const loaded = await tx.taskRuns.lockForTransition(
    calls.map(({ id }) => id),
    now,
  );
  const ledger = new SlotLedger();
  const transitions: TaskRunTransition[] = [];
  const leases: LeaseWrite[] = [];
  const queued: QueuedTaskRun[] = [];
  const cached: Parameters<StoreTransaction["taskRuns"]["insertCachedState"]>[0][] = [];
  const answers: TaskRunTransitionAnswer[] = [];
  for (const call of calls) {
    const stored = loaded.get(call.id);
    if (!stored || !mayTransition(stored, call)) {
      answers.push(null);
      continue;
    }
    const { workspace_id } = stored.run;
    const facts = taskRunRuleFacts(stored, ledger, await readCachedState(tx, call, now));
    const decision = decideTaskRunTransition(
      facts,
      call.proposal,
      decisionContext(environment, now, call.caller),
    );
    answers.push(decision);
    const { write } = decision;
    if (!write?.state) continue;
    const progress = { ...taskRunProgress(stored.run), ...write.run_patch };
    transitions.push({ id: call.id, state: write.state, progress, updated: now });
    for (const effect of write.effects) {
      switch (effect.kind) {
        case "cache_state": {
          const { cache_key, cache_expiration, state } = effect;
          cached.push({ workspace_id, cache_key, cache_expiration, state, created: now });
          break;
        }
        case "enqueue_task_run":
          queued.push({ id: call.id, workspace_id, task_key: effect.task_key });
          break;
        case "acquire_lease":
          ledger.take(effect.lease.limit_ids);
          leases.push({ workspace_id, effect });
          break;
        case "renew_lease":
        case "release_lease":
        case "release_leases_of_holder":
          leases.push({ workspace_id, effect });
          break;
      }
    }
  }
  if (transitions.length > 0) await tx.taskRuns.applyTransitions(transitions);
  for (const entry of cached) await tx.taskRuns.insertCachedState(entry);
  await writeLeases(tx, leases, now);
  if (queued.length > 0) await tx.taskQueue.enqueue(queued);
  return answers;
}

function mayTransition({ run }: TaskRunFacts, { caller, onlyIf }: TaskRunTransitionCall): boolean {
  return run.workspace_id === caller.workspace_id && (onlyIf?.(run) ?? true);
}

async function readCachedState(
  tx: StoreTransaction,
  { proposal: { state }, caller }: TaskRunTransitionCall,
  now: Timestamp,
): Promise<State | null> {
  const { cache_key, refresh_cache } = state.state_details;
  if (state.type !== "RUNNING" || !cache_key || refresh_cache) return null;
  return await tx.taskRuns.readCachedState(caller.workspace_id, cache_key, now);
}

function taskRunProgress(run: TaskRun): TaskRunTransition["progress"] {
  return {
    name: run.name,
    run_count: run.run_count,
    flow_run_run_count: run.flow_run_run_count,
    expected_start_time: run.expected_start_time,
    next_scheduled_start_time: run.next_scheduled_start_time,
    start_time: run.start_time,
    end_time: run.end_time,
    total_run_time: run.total_run_time,
  };
}
