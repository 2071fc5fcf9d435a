/** Priorities of the queues in a pool: whole numbers from 1, no two alike (protocol section 5.4). */

export interface Prioritised<Id> {
  readonly id: Id;
  readonly priority: number;
}

/** The first number that is free: a gap, or one more than the last. */
export function nextPriority(taken: readonly number[]): number {
  const isTaken = new Set(taken);
  let priority = 1;
  while (isTaken.has(priority)) priority += 1;
  return priority;
}

/**
 * The priorities that change when `moved` takes its priority among the others: whoever holds it, and those behind, make
 * way just as far as they must. `moved` itself is among them if its own priority is not the one it had.
 */
export function shiftedPriorities<Id>(
  queues: readonly Prioritised<Id>[],
  moved: Prioritised<Id>,
): Prioritised<Id>[] {
  const others = queues
    .filter(({ id }) => id !== moved.id)
    .toSorted((left, right) => left.priority - right.priority);
  const behind = others.findIndex(({ priority }) => priority >= moved.priority);
  const order = behind === -1 ? [...others, moved] : others.toSpliced(behind, 0, moved);
  const before = new Map(queues.map(({ id, priority }) => [id, priority]));
  let last = 0;
  return order.flatMap(({ id, priority }) => {
    last = Math.max(priority, last + 1);
    return before.get(id) === last ? [] : [{ id, priority: last }];
  });
}
