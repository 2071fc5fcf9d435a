/** A transition that was answered with another state is recognised when it is sent again. */
import type { Id, State } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { decideFlowRunTransition } from "../decide-flow-run-transition.ts";
import { context, flowRun, proposed, state } from "../fixtures/factories.ts";

const details = { transition_id: "00000000-0000-4000-8000-0000000000a1" as Id<"transition"> };
const failed = { state: proposed("FAILED", { details }), force: false };

function failing(current: State | null) {
  return flowRun({ state: current, policy: { retries: 1 }, run: { run_count: 1 } });
}

describe("a failure whose answer was lost", () => {
  test("is answered with the retry again, and does not end the run", () => {
    const first = decideFlowRunTransition(failing(state("RUNNING")), failed, context());
    const again = decideFlowRunTransition(failing(first.state), failed, context());
    expect(first.state?.name).toBe("AwaitingRetry");
    expect(again).toMatchObject({ status: "REJECT", state: first.state, write: null });
  });
});
