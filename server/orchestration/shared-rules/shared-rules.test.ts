/** Rules that flow runs and background task runs share; told of flow runs. */
import { StateType } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { at, flowRun, LEASE_ID, proposed, state } from "../fixtures/factories.ts";

const takenBySomebody = (["PENDING", "RUNNING", "CANCELLED"] as const).map(
  (from): FlowRunRow => ({
    what: `is ${from} can't be taken`,
    facts: flowRun({ state: state(from) }),
    proposed: proposed("PENDING"),
    status: "ABORT",
    written: null,
    reason: `This run is in a ${from} state and cannot transition to a PENDING state.`,
  }),
);

const details = { scheduled_time: at(-5), deployment_concurrency_lease_id: LEASE_ID };

const taking: FlowRunRow[] = [
  ...takenBySomebody,
  ...(["SCHEDULED", "COMPLETED", "FAILED", "CRASHED"] as const).map(
    (from): FlowRunRow => ({
      what: `is ${from} may be taken`,
      facts: flowRun({ state: state(from) }),
      proposed: proposed("PENDING"),
      status: "ACCEPT",
      written: "PENDING",
    }),
  ),
  {
    what: "is taken goes on to Submitting, and keeps its time and its slot",
    facts: flowRun({ state: state("PENDING", { details }) }),
    proposed: proposed("PENDING", { name: "Submitting", details: { scheduled_time: at(500) } }),
    status: "ACCEPT",
    written: ["PENDING", "Submitting"],
    also: { state: { state_details: details } },
  },
  {
    what: "is Submitting goes on to InfrastructurePending",
    facts: flowRun({ state: state("PENDING", { name: "Submitting" }) }),
    proposed: proposed("PENDING", { name: "InfrastructurePending" }),
    status: "ACCEPT",
    written: ["PENDING", "InfrastructurePending"],
  },
  {
    what: "is Submitting can't be taken by another worker that begins with Pending",
    facts: flowRun({ state: state("PENDING", { name: "Submitting" }) }),
    proposed: proposed("PENDING"),
    status: "ABORT",
    written: null,
    reason: "This run is in a PENDING state and cannot transition to a PENDING state.",
  },
  {
    what: "is Submitting is not submitted twice",
    facts: flowRun({ state: state("PENDING", { name: "Submitting" }) }),
    proposed: proposed("PENDING", { name: "Submitting" }),
    status: "ABORT",
    written: null,
    reason: "This run is in a PENDING state and cannot transition to a PENDING state.",
  },
];

const copying: FlowRunRow[] = [
  {
    what: "is taken keeps the time it was scheduled for",
    facts: flowRun({ state: state("SCHEDULED", { details: { scheduled_time: at(-5) } }) }),
    proposed: proposed("PENDING"),
    status: "ACCEPT",
    written: "PENDING",
    also: { state: { state_details: { scheduled_time: at(-5) } } },
  },
  {
    what: "is taken with a time of its own has that",
    facts: flowRun({ state: state("SCHEDULED", { details: { scheduled_time: at(-5) } }) }),
    proposed: proposed("PENDING", { details: { scheduled_time: at(9) } }),
    status: "ACCEPT",
    written: "PENDING",
    also: { state: { state_details: { scheduled_time: at(9) } } },
  },
];

/** Seconds until the scheduled time, and the whole seconds that a client is told to wait. */
const DELAYS = [
  [3600, 3600],
  [2.6, 3],
  [2.5, 2],
  [2.4, 2],
  [0.6, 1],
  [0.5, 0],
  [0, 0],
  [-10, 0],
] as const;

const waiting = (["SCHEDULED", "PENDING"] as const).flatMap((from) =>
  DELAYS.map(([seconds, delay_seconds]): FlowRunRow => {
    const facts = flowRun({ state: state(from, { details: { scheduled_time: at(seconds) } }) });
    const what = `is ${from} for ${seconds} s from now`;
    if (delay_seconds === 0) {
      return {
        what: `${what} may run`,
        facts,
        proposed: proposed("RUNNING"),
        status: "ACCEPT",
        written: "RUNNING",
      };
    }
    return {
      what: `${what} waits ${delay_seconds} s`,
      facts,
      proposed: proposed("RUNNING"),
      status: "WAIT",
      written: null,
      reason: "Scheduled time is in the future",
      also: { details: { delay_seconds } },
    };
  }),
);

const forced = Object.values(StateType).map(
  (to): FlowRunRow => ({
    what: `is scheduled for tomorrow may be forced to ${to}`,
    facts: flowRun({
      state: state("SCHEDULED", { details: { scheduled_time: at(86_400) } }),
      run: { infrastructure_pid: "host:1" },
    }),
    proposed: proposed(to),
    force: true,
    status: "ACCEPT",
    written: to,
  }),
);

describe("a run that", () => {
  describe("somebody wants to take and", () => {
    test.each([...taking, ...copying])("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("has a time and", () => {
    test.each(waiting)("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("is forced and", () => {
    test.each(forced)("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
});
