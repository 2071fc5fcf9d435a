import { expect, it } from "vitest";
import { nextPriority, shiftedPriorities } from "./queue-priorities.ts";

it.each([
  [[], 1],
  [[1], 2],
  [[2, 3], 1],
  [[4, 1, 2], 3],
])("of %j the next free priority is %d", (taken, next) => {
  expect(nextPriority(taken)).toBe(next);
});

const queues = (priorities: Record<string, number>) =>
  Object.entries(priorities).map(([id, priority]) => ({ id, priority }));

it.each([
  ["a new queue on a free place moves nobody", { a: 1, b: 3 }, ["n", 2], { n: 2 }],
  [
    "a new queue in front moves those that stand close behind",
    { a: 1, b: 2, c: 4 },
    ["n", 1],
    { n: 1, a: 2, b: 3 },
  ],
  ["a queue moves up", { a: 1, b: 2, c: 3 }, ["c", 1], { c: 1, a: 2, b: 3 }],
  ["a queue moves down", { a: 1, b: 2, c: 3 }, ["a", 3], { a: 3, c: 4 }],
  ["a queue that stays moves nobody", { a: 1, b: 2 }, ["b", 2], {}],
  ["a queue may stand far behind", { a: 1, b: 2 }, ["a", 10], { a: 10 }],
] as const)("%s", (_, before, [id, priority], changes) => {
  const shifted = shiftedPriorities(queues(before), { id, priority });
  expect(Object.fromEntries(shifted.map((queue) => [queue.id, queue.priority]))).toEqual(changes);
});
