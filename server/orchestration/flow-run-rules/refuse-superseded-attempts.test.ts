import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { flowRun, proposed, state } from "../fixtures/factories.ts";

const second = flowRun({ state: state("RUNNING"), run: { attempt: 2 } });
const reason = "Attempt 1 of this flow run has been superseded by attempt 2.";

const rows: FlowRunRow[] = [
  {
    what: "was replaced by a later attempt is refused",
    facts: second,
    proposed: proposed("COMPLETED"),
    context: { attempt: 1 },
    status: "ABORT",
    written: null,
    reason,
  },
  {
    what: "was replaced is refused even when it forces its state",
    facts: second,
    proposed: proposed("CRASHED"),
    context: { attempt: 1 },
    force: true,
    status: "ABORT",
    written: null,
    reason,
  },
  {
    what: "is the current attempt goes on",
    facts: second,
    proposed: proposed("COMPLETED"),
    context: { attempt: 2 },
    status: "ACCEPT",
    written: "COMPLETED",
    also: { attempt: 2 },
  },
  {
    what: "does not say which attempt it is goes on",
    facts: second,
    proposed: proposed("COMPLETED"),
    status: "ACCEPT",
    written: "COMPLETED",
  },
];

describe("a process that", () => {
  test.each(rows)("$what", (row) => {
    expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
  });
});
