/**
 * How many of the runs that wait in a pool's queues may begin (protocol section 5.5): pauses, limits of pool and queues,
 * priorities. Nothing is claimed by asking: the same runs may begin until one of them does.
 */

/** However many slots are free, no more are handed out at once. */
export const MAXIMUM_HANDED_OUT = 1000;

export interface LimitedFacts {
  readonly is_paused: boolean;
  /** How many runs may hold a slot at once; null: any number. */
  readonly concurrency_limit: number | null;
  /** How many do. */
  readonly active_slots: number;
}

export interface QueueFacts<Id> extends LimitedFacts {
  readonly id: Id;
  /** 1 comes first. */
  readonly priority: number;
}

/** So many of a queue's runs may begin, those first whose time came first. */
export interface Allowance<Id> {
  readonly queue_id: Id;
  readonly at_most: number;
}

export interface AdmissionPlan<Id> {
  /** The queues to take runs from, in this order; none that may give none. */
  readonly allowances: readonly Allowance<Id>[];
  /** How many runs may begin in all. */
  readonly at_most: number;
}

/** @param asked how many runs are wanted at most */
export function planAdmission<Id>(
  pool: LimitedFacts,
  queues: readonly QueueFacts<Id>[],
  asked: number,
): AdmissionPlan<Id> {
  const atMost = Math.min(freeSlots(pool), asked);
  const allowances = queues
    .toSorted((left, right) => left.priority - right.priority)
    .map((queue) => ({ queue_id: queue.id, at_most: Math.min(freeSlots(queue), atMost) }))
    .filter((allowance) => allowance.at_most > 0);
  return { allowances, at_most: allowances.length === 0 ? 0 : atMost };
}

function freeSlots({ is_paused, concurrency_limit, active_slots }: LimitedFacts): number {
  if (is_paused) return 0;
  if (concurrency_limit === null) return MAXIMUM_HANDED_OUT;
  return Math.min(Math.max(0, concurrency_limit - active_slots), MAXIMUM_HANDED_OUT);
}
