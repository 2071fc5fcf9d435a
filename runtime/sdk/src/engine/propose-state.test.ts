import { describe, expect, it } from "vitest";
import { Running } from "../states.ts";
import type { FlowRunVerdict, SetFlowRunStateOptions, Transport } from "../transport/transport.ts";
import type { StateCreate, StateResponse } from "../transport/wire.ts";
import { type Execution, proposeState } from "./propose-state.ts";

const FLOW_RUN_ID = "00000000-0000-4000-8000-00000000f100";

/** A server at the other end of a bad line, as the transport shows it. */
function serverThatAnswers(answer: (state: StateCreate) => FlowRunVerdict) {
  const attempts: (number | null | undefined)[] = [];
  const transport = {
    setFlowRunState(_id: string, state: StateCreate, options: SetFlowRunStateOptions = {}) {
      attempts.push(options.attempt);
      return Promise.resolve(answer(state));
    },
  } as unknown as Transport; // nothing else is called
  return { transport, attempts };
}

function running(transitionId: string | null): StateResponse {
  return {
    id: "00000000-0000-4000-8000-0000000057a7",
    type: "RUNNING",
    name: "Running",
    timestamp: "2026-08-01T12:00:00Z",
    message: null,
    data: null,
    state_details: { transition_id: transitionId },
  } as StateResponse; // the details that a test is about
}

function rejectedWith(state: StateResponse): FlowRunVerdict {
  return { status: "REJECT", state, details: { type: "reject_details", reason: "Already made" }, attempt: 2 };
}

describe("proposing a state", () => {
  it("learns its attempt although the first answer was lost on the way", async () => {
    const { transport, attempts } = serverThatAnswers((state) =>
      rejectedWith(running(state.state_details?.transition_id ?? null)),
    );
    const execution: Execution = { attempt: 1 };
    await proposeState({ transport, flowRunId: FLOW_RUN_ID, state: Running(), execution });
    expect(attempts).toEqual([1]);
    expect(execution.attempt).toBe(2);
  });

  it("keeps the state's value although the first answer was lost on the way", async () => {
    const { transport } = serverThatAnswers((state) =>
      rejectedWith(running(state.state_details?.transition_id ?? null)),
    );
    const state = Running();
    expect(await proposeState({ transport, flowRunId: FLOW_RUN_ID, state })).toBe(state);
  });

  it("does not take the attempt of another execution for its own", async () => {
    const { transport } = serverThatAnswers(() => rejectedWith(running(null)));
    const execution: Execution = { attempt: 1 };
    await proposeState({ transport, flowRunId: FLOW_RUN_ID, state: Running(), execution });
    expect(execution.attempt).toBe(1);
  });
});
