/** The way into cancellation (nothing to stop: at once) and the only way out of it. */
import { StateType } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { flowRun, proposed, state } from "../fixtures/factories.ts";

const NOTHING_RUNS = "Scheduled flow run has no infrastructure to terminate.";

const waysOut = Object.values(StateType).map(
  (to): FlowRunRow => ({
    what: `is CANCELLING ${to === "CANCELLED" ? "may" : "can't"} become ${to}`,
    facts: flowRun({ state: state("CANCELLING") }),
    proposed: proposed(to),
    ...(to === "CANCELLED"
      ? { status: "ACCEPT", written: "CANCELLED" }
      : {
          status: "REJECT",
          written: null,
          reason: "Cannot transition flows that are cancelling to a state other than Cancelled.",
        }),
  }),
);

const waysIn = [false, true].flatMap((force): FlowRunRow[] => {
  const how = force ? ", by force" : "";
  return [
    {
      what: `is scheduled and has no infrastructure is cancelled at once${how}`,
      facts: flowRun({ state: state("SCHEDULED") }),
      proposed: proposed("CANCELLING"),
      force,
      status: "REJECT",
      written: "CANCELLED",
      reason: NOTHING_RUNS,
    },
    {
      what: `is scheduled and has infrastructure is being cancelled${how}`,
      facts: flowRun({ state: state("SCHEDULED"), run: { infrastructure_pid: "host:123" } }),
      proposed: proposed("CANCELLING"),
      force,
      status: "ACCEPT",
      written: "CANCELLING",
    },
    {
      what: `is resuming is cancelled at once, though its old infrastructure is still noted${how}`,
      facts: flowRun({
        state: state("SCHEDULED", { name: "Resuming" }),
        run: { infrastructure_pid: "host:123" },
      }),
      proposed: proposed("CANCELLING"),
      force,
      status: "REJECT",
      written: "CANCELLED",
      reason: NOTHING_RUNS,
    },
    {
      what: `is suspended is cancelled at once${how}`,
      facts: flowRun({ state: state("PAUSED", { details: { pause_reschedule: true } }) }),
      proposed: proposed("CANCELLING"),
      force,
      status: "REJECT",
      written: "CANCELLED",
      reason: "Suspended flow run has no infrastructure to terminate.",
    },
    {
      what: `is paused in its process is being cancelled${how}`,
      facts: flowRun({ state: state("PAUSED", { details: { pause_reschedule: false } }) }),
      proposed: proposed("CANCELLING"),
      force,
      status: "ACCEPT",
      written: "CANCELLING",
    },
  ];
});

describe("a run that", () => {
  test.each([...waysOut, ...waysIn])("$what", (row) => {
    expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
  });
});
