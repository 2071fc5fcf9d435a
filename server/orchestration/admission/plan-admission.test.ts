import { describe, expect, it } from "vitest";
import { type LimitedFacts, planAdmission } from "./plan-admission.ts";

const open: LimitedFacts = { is_paused: false, concurrency_limit: null, active_slots: 0 };
const limited = (concurrency_limit: number, active_slots = 0) => ({
  ...open,
  concurrency_limit,
  active_slots,
});
const paused = { ...open, is_paused: true };
const queue = (id: string, priority: number, facts: LimitedFacts = open) => ({ id, priority, ...facts });

const plan = (pool: LimitedFacts, queues: ReturnType<typeof queue>[], asked = 200) => {
  const { allowances, at_most } = planAdmission(pool, queues, asked);
  return [at_most, ...allowances.map((allowance) => `${allowance.queue_id}:${allowance.at_most}`)];
};

describe("of the runs that wait", () => {
  it.each([
    ["all that are asked for begin where nothing limits them", open, [queue("a", 1)], [200, "a:200"]],
    ["none begins in a paused pool", paused, [queue("a", 1)], [0]],
    ["none begins in a paused queue", open, [queue("a", 1, paused), queue("b", 2)], [200, "b:200"]],
    ["none begins in a full pool", limited(3, 3), [queue("a", 1)], [0]],
    ["none begins in a pool that is fuller than it may be", limited(3, 5), [queue("a", 1)], [0]],
    ["as many begin as the pool has slots", limited(5, 2), [queue("a", 1), queue("b", 2)], [3, "a:3", "b:3"]],
    [
      "as many begin of a queue as it has slots",
      open,
      [queue("a", 1, limited(4, 1)), queue("b", 2, limited(2, 2))],
      [200, "a:3"],
    ],
    ["a limit of none lets none begin", open, [queue("a", 1, limited(0))], [0]],
    [
      "queues come by priority, whatever their order",
      open,
      [queue("c", 9), queue("a", 1), queue("b", 2)],
      [200, "a:200", "b:200", "c:200"],
    ],
    ["none begins without a queue", open, [], [0]],
  ] as const)("%s", (_, pool, queues, expected) => {
    expect(plan(pool, [...queues])).toEqual(expected);
  });

  it("no more than asked for, and no more than a thousand, begin at once", () => {
    expect(plan(open, [queue("a", 1)], 2)).toEqual([2, "a:2"]);
    expect(plan(open, [queue("a", 1)], 5000)).toEqual([1000, "a:1000"]);
    expect(plan(limited(1_000_000), [queue("a", 1)], 5000)).toEqual([1000, "a:1000"]);
    expect(plan(open, [queue("a", 1)], 0)).toEqual([0]);
  });
});
