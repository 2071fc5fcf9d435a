/** Pausing, suspending and the ways out (protocol section 3.6). */
import { StateType } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { at, flowRun, proposed, state, TASK_RUN_ID } from "../fixtures/factories.ts";

const running = state("RUNNING");
const pause = proposed("PAUSED", { name: "Paused", details: { pause_key: "1" } });
const suspend = proposed("PAUSED", {
  name: "Suspended",
  details: { pause_key: "1", pause_reschedule: true },
});

const pausing: FlowRunRow[] = [
  {
    what: "is running pauses, and notes the key",
    facts: flowRun({ state: running, policy: { pause_keys: ["0"] } }),
    proposed: pause,
    status: "ACCEPT",
    written: ["PAUSED", "Paused"],
    also: { write: { run_patch: { empirical_policy: { pause_keys: ["0", "1"] } } } },
  },
  {
    what: "pauses without a key gets one of its own",
    facts: flowRun({ state: running }),
    proposed: proposed("PAUSED"),
    status: "ACCEPT",
    written: "PAUSED",
    also: { write: { run_patch: { empirical_policy: { pause_keys: ["fresh-pause-key"] } } } },
  },
  {
    what: "has been through this pause goes on RUNNING",
    facts: flowRun({ state: running, policy: { pause_keys: ["1"] } }),
    proposed: pause,
    status: "REJECT",
    written: null,
    reason: "This pause has already fired.",
    also: { state: { type: "RUNNING" } },
  },
  ...(["SCHEDULED", "PENDING", "PAUSED"] as const).map(
    (from): FlowRunRow => ({
      what: `is ${from} can't pause`,
      facts: flowRun({ state: state(from) }),
      proposed: pause,
      status: "REJECT",
      written: null,
      reason: "Cannot pause flows that are not currently running.",
    }),
  ),
  {
    what: "has no state can't suspend",
    facts: flowRun(),
    proposed: suspend,
    status: "ABORT",
    written: null,
    reason: "Cannot suspend flows with no state.",
  },
  {
    what: "has a deployment suspends",
    facts: flowRun({ state: running, deployment: {} }),
    proposed: suspend,
    status: "ACCEPT",
    written: ["PAUSED", "Suspended"],
  },
  {
    what: "has no deployment can't suspend, since nobody would start it again",
    facts: flowRun({ state: running }),
    proposed: suspend,
    status: "ABORT",
    written: null,
    reason: "Cannot suspend flows without a deployment.",
  },
  {
    what: "is a subflow can't suspend",
    facts: flowRun({ state: running, deployment: {}, run: { parent_task_run_id: TASK_RUN_ID } }),
    proposed: suspend,
    status: "ABORT",
    written: null,
    reason: "Cannot suspend subflows.",
  },
];

const LEAVES_PAUSE = ["RUNNING", "SCHEDULED", "CANCELLING", "COMPLETED", "FAILED", "CANCELLED", "CRASHED"];
const paused = flowRun({ state: state("PAUSED", { details: { pause_timeout: at(60) } }) });

const resuming: FlowRunRow[] = [
  ...Object.values(StateType)
    .filter((to) => LEAVES_PAUSE.includes(to))
    .map(
      (to): FlowRunRow => ({
        what: `is paused may become ${to}, and is resuming`,
        facts: paused,
        proposed: proposed(to),
        status: "ACCEPT",
        written: to,
        also: { write: { run_patch: { empirical_policy: { resuming: true } } } },
      }),
    ),
  {
    what: "is paused can't become PENDING, and is noted as resuming all the same",
    facts: paused,
    proposed: proposed("PENDING"),
    status: "REJECT",
    written: null,
    reason: "This run cannot transition to the StateType.PENDING state from the StateType.PAUSED state.",
    also: { write: { state: null, run_patch: { empirical_policy: { resuming: true } } } },
  },
  {
    what: "was suspended and has lost its deployment can't resume",
    facts: flowRun({ state: state("PAUSED", { details: { pause_reschedule: true } }) }),
    proposed: proposed("SCHEDULED", { name: "Resuming" }),
    status: "REJECT",
    written: null,
    reason: "Cannot reschedule a resuming flow run without a deployment.",
  },
  {
    what: "is resumed too late fails",
    facts: flowRun({ state: state("PAUSED", { details: { pause_timeout: at(-1) } }) }),
    proposed: proposed("RUNNING"),
    status: "REJECT",
    written: "FAILED",
    reason: "The flow run pause has timed out and can no longer resume.",
    also: { state: { message: "The flow was running and never resumed." } },
  },
  {
    what: "is cancelled too late is cancelled all the same, because its process waits",
    facts: flowRun({ state: state("PAUSED", { details: { pause_timeout: at(-1) } }) }),
    proposed: proposed("CANCELLING"),
    status: "ACCEPT",
    written: "CANCELLING",
  },
];

const counting: FlowRunRow[] = [
  {
    what: "comes back from a suspension is not counted as a new run",
    facts: flowRun({ state: state("PENDING"), policy: { resuming: true }, run: { run_count: 1 } }),
    proposed: proposed("RUNNING"),
    status: "ACCEPT",
    written: "RUNNING",
    also: { write: { run_patch: { empirical_policy: { resuming: false } } } },
  },
];

describe("a run that", () => {
  describe("wants to pause:", () => {
    test.each(pausing)("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("wants to leave a pause:", () => {
    test.each(resuming)("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("runs again:", () => {
    test.each(counting)("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
});
