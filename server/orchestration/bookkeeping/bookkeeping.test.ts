/** What is kept with every state, whatever the rules say. */
import type { StateType } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { decideFlowRunTransition } from "../decide-flow-run-transition.ts";
import { decideTaskRunTransition } from "../decide-task-run-transition.ts";
import {
  at,
  context,
  flowRun,
  FLOW_RUN_ID,
  type FlowRunSketch,
  NEW_STATE_ID,
  NOW,
  proposed,
  SECOND,
  state,
  TASK_RUN_ID,
  taskRun,
} from "../fixtures/factories.ts";

/** The columns that a forced transition changes. */
function changed(sketch: FlowRunSketch, to: StateType, details = {}) {
  const proposal = { state: proposed(to, { details }), force: true };
  return decideFlowRunTransition(flowRun(sketch), proposal, context()).write?.run_patch;
}

const UNCHANGED = { start_time: undefined, end_time: undefined, total_run_time: undefined };

describe("the times of a run", () => {
  test.each([
    ["starts with its first RUNNING", state("PENDING"), {}, "RUNNING", { start_time: NOW }],
    ["keeps its start", state("SCHEDULED"), { start_time: at(-9) }, "RUNNING", { start_time: undefined }],
    ["ends with a terminal state", state("RUNNING"), { start_time: at(-9) }, "FAILED", { end_time: NOW }],
    [
      "that never ran starts when it ends",
      state("PENDING"),
      {},
      "CRASHED",
      { start_time: NOW, end_time: NOW },
    ],
    ["keeps its first end", state("FAILED"), { end_time: at(-9) }, "COMPLETED", { end_time: undefined }],
    ["that runs again has no end", state("FAILED"), { end_time: at(-9) }, "RUNNING", { end_time: null }],
    [
      "adds up its stays in RUNNING",
      state("RUNNING", { timestamp: at(-60) }),
      { total_run_time: 5 * SECOND },
      "PAUSED",
      { total_run_time: 65 * SECOND },
    ],
    ["counts no time outside of RUNNING", state("PENDING"), {}, "FAILED", { total_run_time: undefined }],
    [
      "has no next start once it is taken",
      state("SCHEDULED"),
      { next_scheduled_start_time: at(9) },
      "PENDING",
      { next_scheduled_start_time: null },
    ],
    ["counts its runs", state("PENDING"), { run_count: 2 }, "RUNNING", { run_count: 3 }],
  ] as const)("a run %s", (_what, current, run, to, expected) => {
    const patch = changed({ state: current, run: run as FlowRunSketch["run"] & object }, to);
    expect({ ...UNCHANGED, ...patch }).toMatchObject(expected);
  });

  test("a first state tells when the run is expected: at its time, or now", () => {
    expect(changed({}, "SCHEDULED", { scheduled_time: at(600) })).toMatchObject({
      expected_start_time: at(600),
      next_scheduled_start_time: at(600),
    });
    expect(changed({}, "PENDING")).toMatchObject({ expected_start_time: NOW });
  });

  test("a scheduled state without a time is due now", () => {
    expect(changed({ state: state("PENDING") }, "SCHEDULED")).toMatchObject({
      next_scheduled_start_time: NOW,
    });
  });

  test("the expectation stays when the run is scheduled for later", () => {
    const patch = changed({ state: state("PENDING"), run: { expected_start_time: at(-60) } }, "SCHEDULED", {
      scheduled_time: at(600),
    });
    expect(patch).not.toHaveProperty("expected_start_time");
  });
});

describe("the number of a run's attempt", () => {
  const waits = { pause_reschedule: false };
  const suspended = { pause_reschedule: true };
  test.each([
    [null, "PENDING", 1],
    [null, "SCHEDULED", 0],
    [null, "RUNNING", 1],
    [state("SCHEDULED"), "PENDING", 1],
    [state("FAILED"), "PENDING", 1],
    [state("PENDING"), "PENDING", 0],
    [state("PENDING"), "RUNNING", 0],
    [state("SCHEDULED", { name: "AwaitingRetry" }), "RUNNING", 1],
    [state("RUNNING"), "RUNNING", 1],
    [state("COMPLETED"), "RUNNING", 1],
    [state("PAUSED", { details: waits }), "RUNNING", 0],
    [state("PAUSED", { details: suspended }), "RUNNING", 1],
    [state("RUNNING"), "COMPLETED", 0],
    [state("RUNNING"), "PAUSED", 0],
  ] as const)("grows from %o to %s by %i", (current, to, by) => {
    const facts = flowRun({ state: current, run: { attempt: 4 } });
    const decision = decideFlowRunTransition(facts, { state: proposed(to), force: true }, context());
    expect(decision.attempt - 4).toBe(by);
  });
});

describe("the details of a state", () => {
  test("name the flow run, and for a subflow the task run that stands for it", () => {
    const facts = flowRun({ state: state("PENDING"), run: { parent_task_run_id: TASK_RUN_ID } });
    const decision = decideFlowRunTransition(facts, { state: proposed("RUNNING"), force: false }, context());
    expect(decision.state?.state_details).toMatchObject({
      flow_run_id: FLOW_RUN_ID,
      task_run_id: TASK_RUN_ID,
    });
    expect(decision.write?.effects).toContainEqual({
      kind: "force_task_run_state",
      task_run_id: TASK_RUN_ID,
      state: expect.objectContaining({
        type: "RUNNING",
        state_details: expect.objectContaining({ child_flow_run_id: FLOW_RUN_ID }),
      }),
    });
  });

  test("name the task run and its flow run", () => {
    const facts = taskRun({ state: state("PENDING"), flowRun: { state: state("RUNNING") } });
    const decision = decideTaskRunTransition(facts, { state: proposed("RUNNING"), force: true }, context());
    expect(decision.state).toMatchObject({
      id: NEW_STATE_ID,
      state_details: { flow_run_id: FLOW_RUN_ID, task_run_id: TASK_RUN_ID },
    });
    expect(decision.write?.run_patch).toMatchObject({ run_count: 1, start_time: NOW });
  });
});

describe("the event of a state", () => {
  test("is due for every written state, with the run's count after it", () => {
    const facts = flowRun({ state: state("PENDING") });
    const decision = decideFlowRunTransition(facts, { state: proposed("RUNNING"), force: false }, context());
    expect(decision.write?.effects).toEqual([
      { kind: "emit_state_event", initial_state: facts.state, validated_state: decision.state, run_count: 1 },
    ]);
  });

  test("is not due when nothing is written", () => {
    const facts = flowRun({ state: state("RUNNING") });
    const decision = decideFlowRunTransition(facts, { state: proposed("PENDING"), force: false }, context());
    expect(decision.write).toBeNull();
  });
});
