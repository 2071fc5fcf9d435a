/**
 * What becomes of a deferred task run whose task worker is gone.
 *
 * A run that was not started is handed out again. One that was started may have done half of its work: it is started
 * again only as often as its retries allow. Workers that stay connected while they run something are taken for dead
 * with their connection; stock ones are not, so what they have started is left to them (protocol trap 29).
 */
import { isTerminal, type ProposedState, type State, StateName, type Timestamp } from "@sluice/schemas";
import type { TaskRunFacts } from "./facts.ts";
import { newState } from "./states.ts";

/** A run that was handed out this often, and never started, takes its workers down with it. */
export const MAXIMUM_DELIVERY_ATTEMPTS = 10;

export interface LostDelivery {
  readonly run: Pick<TaskRunFacts["run"], "run_count" | "empirical_policy">;
  readonly state: State | null;
  /** The newest state in which the run waited for a worker; null when there is none. */
  readonly queued: State | null;
  /** True when the worker had received the run. */
  readonly is_acknowledged: boolean;
  readonly attempts: number;
  /** What the worker calls itself. */
  readonly worker: string;
  /** True when the worker would have stayed connected while it ran anything. */
  readonly is_supervised: boolean;
  readonly now: Timestamp;
}

export type LostDeliveryVerdict =
  /** Hand the run out as it is: it never reached the worker. */
  | { readonly kind: "release" }
  /** Nothing is to be done with the run. */
  | { readonly kind: "settle" }
  | { readonly kind: "propose"; readonly state: ProposedState };

export function decideLostDelivery(lost: LostDelivery): LostDeliveryVerdict {
  const { state, run, attempts, worker } = lost;
  if (state === null || isTerminal(state.type)) return { kind: "settle" };
  if (isUnstarted(state)) {
    if (!lost.is_acknowledged) return { kind: "release" };
    if (attempts < MAXIMUM_DELIVERY_ATTEMPTS) {
      return queueAgain(lost, "Scheduled", `Task worker ${worker} is gone before it started this run.`);
    }
    return propose("CRASHED", `${attempts} task workers took this run and were gone before it started.`);
  }
  if (!lost.is_supervised) return { kind: "settle" };
  if (state.type === "CANCELLING") return propose("CANCELLED", `Task worker ${worker} is gone.`);
  if (state.type === "SCHEDULED" || run.run_count <= (run.empirical_policy.retries ?? 0)) {
    return queueAgain(lost, StateName.AwaitingRetry, `Task worker ${worker} is gone while it ran this.`);
  }
  return propose("CRASHED", `Task worker ${worker} is gone while it ran this, and no retries are left.`);
}

/** True until the worker's engine takes over, which goes on with states of its own. */
function isUnstarted({ type, state_details }: State): boolean {
  return (type === "SCHEDULED" || type === "PENDING") && state_details.deferred === true;
}

/** What was due longest stays first. */
function queueAgain({ queued, now }: LostDelivery, name: string, message: string): LostDeliveryVerdict {
  const { task_parameters_id = null, scheduled_time = now } = queued?.state_details ?? {};
  const state_details = { deferred: true, task_parameters_id, scheduled_time };
  return { kind: "propose", state: newState("SCHEDULED", { name, message, state_details }) };
}

function propose(type: "CRASHED" | "CANCELLED", message: string): LostDeliveryVerdict {
  return { kind: "propose", state: newState(type, { message }) };
}
