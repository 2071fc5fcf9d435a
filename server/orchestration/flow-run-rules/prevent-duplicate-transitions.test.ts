import type { Id } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { flowRun, proposed, state } from "../fixtures/factories.ts";

const ONE = "00000000-0000-4000-8000-0000000000a1" as Id<"transition">;
const TWO = "00000000-0000-4000-8000-0000000000a2" as Id<"transition">;

const SAID = "This run has already made this state transition.";

const rows: FlowRunRow[] = [
  {
    what: "is told where it is when it makes the same transition twice",
    facts: flowRun({ state: state("PENDING", { details: { transition_id: ONE } }) }),
    proposed: proposed("PENDING", { details: { transition_id: ONE } }),
    status: "REJECT",
    written: null,
    reason: SAID,
  },
  {
    what: "is told so even when the state it is in has another type than the proposed one",
    facts: flowRun({ state: state("SCHEDULED", { details: { transition_id: ONE } }) }),
    proposed: proposed("FAILED", { details: { transition_id: ONE } }),
    status: "REJECT",
    written: null,
    reason: SAID,
  },
  {
    what: "makes a transition with another id",
    facts: flowRun({ state: state("RUNNING", { details: { transition_id: ONE } }) }),
    proposed: proposed("COMPLETED", { details: { transition_id: TWO } }),
    status: "ACCEPT",
    written: "COMPLETED",
  },
  {
    what: "makes a transition without an id, though its state has none either",
    facts: flowRun({ state: state("RUNNING", { details: { transition_id: null } }) }),
    proposed: proposed("COMPLETED", { details: { transition_id: null } }),
    status: "ACCEPT",
    written: "COMPLETED",
  },
  {
    what: "was replaced is still told that its repeated transition was made",
    facts: flowRun({ state: state("RUNNING", { details: { transition_id: ONE } }), run: { attempt: 2 } }),
    proposed: proposed("RUNNING", { details: { transition_id: ONE } }),
    context: { attempt: 1 },
    status: "REJECT",
    written: null,
    reason: SAID,
  },
];

describe("a run that", () => {
  test.each(rows)("$what", (row) => {
    expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
  });
});
