/** Marking overdue runs as late. */
import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { at, flowRun, limit, proposed, state } from "../fixtures/factories.ts";

const late = proposed("SCHEDULED", { name: "Late", details: { scheduled_time: at(-60) } });
const scheduled = state("SCHEDULED", { details: { scheduled_time: at(-60) } });
const cancelNew = (occupied: number) =>
  flowRun({
    state: scheduled,
    deployment: { collision_strategy: "CANCEL_NEW", concurrency_limit: limit(occupied, 1) },
  });

const rows: FlowRunRow[] = [
  ...(["core", "markLate"] as const).flatMap((policy): FlowRunRow[] => [
    {
      what: `is scheduled becomes late (${policy})`,
      facts: flowRun({ state: scheduled }),
      proposed: late,
      policy,
      status: "ACCEPT",
      written: ["SCHEDULED", "Late"],
      also: { write: { run_patch: {} } },
    },
    {
      what: `is late already stays as it is (${policy})`,
      facts: flowRun({ state: state("SCHEDULED", { name: "Late" }) }),
      proposed: late,
      policy,
      status: "REJECT",
      written: null,
      reason: "This flow run is already marked late.",
    },
    {
      what: `has been taken meanwhile is not late (${policy})`,
      facts: flowRun({ state: state("PENDING") }),
      proposed: late,
      policy,
      status: "REJECT",
      written: null,
      reason: "Only scheduled flows can be marked late.",
    },
  ]),
  {
    what: "is overdue and finds its deployment full is cancelled where that is the strategy",
    facts: cancelNew(1),
    proposed: late,
    policy: "markLate",
    status: "REJECT",
    written: "CANCELLED",
    reason: "Deployment concurrency limit is full and uses the CANCEL_NEW strategy.",
    also: { state: { message: "Deployment concurrency limit reached." } },
  },
  {
    what: "is overdue and finds a slot free is late",
    facts: cancelNew(0),
    proposed: late,
    policy: "markLate",
    status: "ACCEPT",
    written: ["SCHEDULED", "Late"],
  },
  {
    what: "is overdue and finds its deployment full is late where runs queue",
    facts: flowRun({ state: scheduled, deployment: { concurrency_limit: limit(1, 1) } }),
    proposed: late,
    policy: "markLate",
    status: "ACCEPT",
    written: ["SCHEDULED", "Late"],
  },
];

describe("a run that", () => {
  test.each(rows)("$what", (row) => {
    expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
  });
});
