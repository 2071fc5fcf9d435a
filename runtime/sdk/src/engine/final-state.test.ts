import { describe, expect, it } from "vitest";
import { Cancelled, Completed, Crashed, Failed, Paused, Running, type State } from "../states.ts";
import { returnValueToState } from "./final-state.ts";

/** A state of a run, as opposed to one made by user code. */
function owned(state: State): State {
  state.details = { ...state.details, task_run_id: "0198b6d2-0000-7000-8000-000000000001" };
  return state;
}

describe("the state that a returned value decides", () => {
  it.each([
    ["one completed", [Completed()], "COMPLETED", "All states completed."],
    ["one failed", [Completed(), Failed(), Completed()], "FAILED", "1/3 states failed."],
    ["a cancelled one beside a failed one", [Cancelled(), Failed()], "CANCELLED", "1/2 states cancelled."],
    ["a paused one beside a failed one", [Paused(), Failed()], "PAUSED", "1/2 states paused."],
    ["one unfinished", [Running(), Completed()], "FAILED", "1/2 states are not final."],
    ["one crashed", [Crashed(), Completed()], "FAILED", "1/2 states crashed."],
  ] as const)("is the worst of many: %s", (_case, states, type, message) => {
    const list = states.map(owned);
    expect(returnValueToState(list)).toMatchObject({ type, message });
    expect(returnValueToState(new Set(list))).toMatchObject({ type, message });
  });

  it("is that of a lone run", () => {
    expect(returnValueToState(owned(Failed()))).toMatchObject({
      type: "FAILED",
      message: "1/1 states failed.",
    });
  });

  it("is the very state that user code made", () => {
    const state = Completed({ name: "Skipped" });
    expect(returnValueToState(state)).toBe(state);
  });

  it.each([[undefined], [0], [[]], [[1, Completed()]], [{ state: Failed() }]])(
    "is Completed for %j",
    (value) => {
      const state = returnValueToState(value);
      expect(state.type).toBe("COMPLETED");
      expect(state.data).toBe(value);
    },
  );
});
