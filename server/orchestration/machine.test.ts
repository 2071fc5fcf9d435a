/** The machine's own semantics, with rules made for the purpose. */
import { describe, expect, test } from "vitest";
import { orchestrate } from "./machine.ts";
import { abort, type PolicyEntry, reject, wait } from "./rule.ts";
import { ANY, newState, stampState } from "./states.ts";
import { context, proposed, state } from "./fixtures/factories.ts";

interface Kind {
  readonly facts: null;
  readonly columns: { readonly count: number };
  readonly effect: string;
}

function run(policy: readonly PolicyEntry<Kind>[], initial = state("RUNNING"), next = proposed("COMPLETED")) {
  return orchestrate<Kind>({
    facts: null,
    context: context(),
    columns: { count: 0 },
    initial,
    proposed: stampState(next, initial, context()),
    policy,
  });
}

/** Notes each of its hooks in a log as it is called. */
function traced(name: string, log: string[], entry: Partial<PolicyEntry<Kind> & { kind: "rule" }> = {}) {
  const rule: PolicyEntry<Kind> = {
    kind: "rule",
    name,
    from: ANY,
    to: ANY,
    ...entry,
    before(transition) {
      log.push(`${name} before`);
      return entry.before?.(transition);
    },
    after() {
      log.push(`${name} after`);
      return undefined;
    },
    cleanup() {
      log.push(`${name} cleanup`);
      return undefined;
    },
  };
  return rule;
}

describe("the rule machine", () => {
  test("enters rules in order and leaves them in reverse", () => {
    const log: string[] = [];
    run([traced("first", log), traced("second", log)]);
    expect(log).toEqual(["first before", "second before", "second after", "first after"]);
  });

  test("asks only the rules of the intended types", () => {
    const log: string[] = [];
    run([
      traced("right", log, { from: ["RUNNING"], to: ["COMPLETED"] }),
      traced("other from", log, { from: ["PENDING"], to: ["COMPLETED"] }),
      traced("other to", log, { from: ["RUNNING"], to: ["FAILED"] }),
    ]);
    expect(log).toEqual(["right before", "right after"]);
  });

  test("skips rules after a replacement, even those of the new types, and cleans up those before it", () => {
    const log: string[] = [];
    const outcome = run([
      traced("early", log),
      traced("replacing", log, { to: ["COMPLETED"], before: () => reject("not yet", newState("FAILED")) }),
      traced("of the new type", log, { to: ["FAILED"] }),
      traced("late", log),
    ]);
    expect(log).toEqual(["early before", "replacing before", "early cleanup"]);
    expect(outcome.status).toBe("REJECT");
    expect(outcome.details).toEqual({ type: "reject_details", reason: "not yet" });
    expect(outcome.written?.type).toBe("FAILED");
  });

  test("runs the after-hook of a rule that refuses when the outcome is among its own types", () => {
    const log: string[] = [];
    run([traced("refusing", log, { to: ANY, before: () => reject("no") })]);
    expect(log).toEqual(["refusing before", "refusing after"]);
  });

  test("leaves a rule alone that was skipped on entry, whatever the outcome's type", () => {
    const log: string[] = [];
    run([
      traced("replacing", log, { to: ["COMPLETED"], before: () => reject("same type", newState("FAILED")) }),
      traced("skipped", log),
    ]);
    expect(log).toEqual(["replacing before"]);
  });

  test("does not fizzle a rule when a later one replaces the state by one of the same type", () => {
    const log: string[] = [];
    const replacement = newState("COMPLETED", { name: "Cached" });
    const outcome = run([
      traced("early", log),
      traced("replacing", log, { before: () => reject("x", replacement) }),
    ]);
    expect(log).toEqual(["early before", "replacing before", "replacing after", "early after"]);
    expect(outcome.written?.name).toBe("Cached");
  });

  test.each([
    ["REJECT", () => reject("no"), { type: "reject_details", reason: "no" }],
    ["ABORT", () => abort("no"), { type: "abort_details", reason: "no" }],
    ["WAIT", () => wait(7, "soon"), { type: "wait_details", delay_seconds: 7, reason: "soon" }],
  ] as const)("writes nothing on a bare %s", (status, before, details) => {
    const outcome = run([traced("refusing", [], { before })]);
    expect(outcome).toMatchObject({ status, details, written: null });
  });

  test("shows each hook what the earlier ones changed", () => {
    const outcome = run([
      { kind: "transform", name: "a", before: ({ run }) => ({ run: { count: run.count + 1 } }) },
      { kind: "transform", name: "b", before: ({ run }) => ({ run: { count: run.count * 10 } }) },
      { kind: "transform", name: "c", after: ({ run }) => ({ run: { count: run.count + 5 } }) },
    ]);
    expect(outcome.columns.count).toBe(15);
  });

  test("runs transforms on a replaced state and not on a refused one", () => {
    const seen: string[] = [];
    const transform: PolicyEntry<Kind> = {
      kind: "transform",
      name: "seeing",
      before: ({ proposed: { type } }) => void seen.push(type),
      after: ({ validated: { type } }) => void seen.push(`after ${type}`),
    };
    run([traced("replacing", [], { before: () => reject("x", newState("FAILED")) }), transform]);
    run([traced("refusing", [], { before: () => abort("x") }), transform]);
    expect(seen).toEqual(["FAILED", "after FAILED"]);
  });

  test("drops the effects of a rule that a later one overruled, and keeps all others", () => {
    const outcome = run([
      {
        ...traced("overruled", []),
        before: () => ({ effects: ["taken"] }),
        after: () => ({ effects: ["kept"] }),
      },
      { kind: "transform", name: "telling", after: () => ({ effects: ["told"] }) },
      traced("replacing", [], { to: ["COMPLETED"], before: () => reject("x", newState("FAILED")) }),
    ]);
    expect(outcome.effects).toEqual(["told"]);
  });

  test("sets state details and names on the state as proposed so far", () => {
    const outcome = run([
      { kind: "transform", name: "a", before: () => ({ state_details: { cache_key: "k" } }) },
      { kind: "transform", name: "b", before: () => ({ state_details: { pause_key: "p" }, name: "Better" }) },
    ]);
    expect(outcome.written).toMatchObject({
      name: "Better",
      state_details: { cache_key: "k", pause_key: "p" },
    });
  });

  test("gives a state a later moment than the one before it, even when the clock was set back", () => {
    const current = state("RUNNING", { timestamp: context().now });
    expect(stampState(proposed("COMPLETED"), current, context()).timestamp).toBe(context().now + 1);
  });
});
