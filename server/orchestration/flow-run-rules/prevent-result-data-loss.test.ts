import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { flowRun, proposed, state } from "../fixtures/factories.ts";
import { LOSES_RESULT } from "./handle-flow-terminal-state-transitions.ts";

const withResult = flowRun({ state: state("COMPLETED", { data: { storage_key: "results/1" } }) });

const rows: FlowRunRow[] = [
  {
    what: "has a stored result does not lose it even by force",
    facts: withResult,
    proposed: proposed("COMPLETED"),
    force: true,
    status: "REJECT",
    written: null,
    reason: LOSES_RESULT,
  },
  {
    what: "has a stored result may be failed by force",
    facts: withResult,
    proposed: proposed("FAILED"),
    force: true,
    status: "ACCEPT",
    written: "FAILED",
  },
  {
    what: "has no stored result may be completed again by force",
    facts: flowRun({ state: state("COMPLETED") }),
    proposed: proposed("COMPLETED"),
    force: true,
    status: "ACCEPT",
    written: "COMPLETED",
  },
];

describe("a run that", () => {
  test.each(rows)("$what", (row) => {
    expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
  });
});
