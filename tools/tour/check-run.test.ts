import { describe, expect, it } from "vitest";
import { checkRun } from "./check-run.ts";
import type { ExpectedRun } from "./patterns.ts";
import type { RunRecord } from "./read-run.ts";

const expected: ExpectedRun = {
  flow: "facts",
  tasks: { fetch: [], write: ["fetch"] },
  subflows: [],
  logs: ["🐱"],
};

const state = { state_type: "COMPLETED", state_name: "Completed" };
const fetchRun = { id: "t1", name: "fetch-1a2", task_inputs: {}, ...state };
const writeRun = {
  id: "t2",
  name: "write-3b4",
  task_inputs: { text: [{ input_type: "task_run", id: "t1" }], __parents__: [] },
  ...state,
};
const names = [
  "flow-run.Pending",
  "flow-run.Running",
  "task-run.Completed",
  "task-run.Completed",
  "flow-run.Completed",
];

/** Only the fields that the check reads. */
function record(changes: object = {}): RunRecord {
  const good = {
    flowName: "facts",
    run: { id: "r1", ...state },
    tasks: [fetchRun, writeRun],
    subflows: [],
    logs: [{ message: "🐱: meow" }],
    events: names.map((name) => ({ event: `prefect.${name}` })),
    graphNodes: ["t1", "t2"],
  };
  return { ...good, ...changes } as unknown as RunRecord; // a part stands for the whole
}

describe("the tour's check", () => {
  it("is content with a run as it should be", () => {
    expect(checkRun(record(), expected)).toEqual([]);
  });

  it.each([
    [
      "a run that failed",
      { run: { state_type: "FAILED", state_name: "Failed" } },
      "is Failed, not Completed",
    ],
    ["a missing task run", { tasks: [fetchRun] }, "has no run of task write"],
    ["a task run too many", { tasks: [fetchRun, writeRun, fetchRun] }, "has 3 task runs, not 2"],
    [
      "a missing edge",
      { tasks: [fetchRun, { ...writeRun, task_inputs: {} }] },
      "task write has edges from [], not [fetch]",
    ],
    ["a task that is not on the graph", { graphNodes: ["t1"] }, "task write is not on the graph"],
    ["missing logs", { logs: [] }, 'has no log line with "🐱"'],
    ["a missing event", { events: [] }, "has no event prefect.flow-run.Running"],
    ["a subflow too many", { subflows: [record()] }, "has the subflows [facts], not []"],
  ])("finds %s", (_, changes, problem) => {
    expect(checkRun(record(changes), expected)).toContain(`facts: ${problem}`);
  });
});
