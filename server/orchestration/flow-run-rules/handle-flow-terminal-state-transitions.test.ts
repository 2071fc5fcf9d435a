import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { flowRun, proposed, state } from "../fixtures/factories.ts";

const RESULT = { storage_key: "results/1" };
const withResult = state("COMPLETED", { data: RESULT });
const LOSES = "Cannot overwrite a COMPLETED state that carries persisted result data with one that does not.";

const forbidden = (["COMPLETED", "FAILED", "CANCELLED", "CRASHED"] as const).flatMap((from) =>
  (["CANCELLING", "PAUSED", "CRASHED"] as const).map(
    (to): FlowRunRow => ({
      what: `is ${from} can't become ${to}`,
      facts: flowRun({ state: state(from) }),
      proposed: proposed(to),
      status: "ABORT",
      written: null,
      reason: `Run is already in terminal state ${from}.`,
    }),
  ),
);

const remembersPauses = { pause_keys: ["1"], resuming: true, retry_type: "in_process" } as const;

const rows: FlowRunRow[] = [
  ...forbidden,
  ...(["RUNNING", "SCHEDULED", "PENDING"] as const).map(
    (to): FlowRunRow => ({
      what: `is COMPLETED with a stored result can't become ${to}`,
      facts: flowRun({ state: withResult, deployment: {} }),
      proposed: proposed(to),
      status: "REJECT",
      written: null,
      reason: "Run is already COMPLETED.",
    }),
  ),
  {
    what: "is COMPLETED without a stored result may run again",
    facts: flowRun({ state: state("COMPLETED", { data: { type: "unpersisted" } }) }),
    proposed: proposed("RUNNING"),
    status: "ACCEPT",
    written: "RUNNING",
  },
  {
    what: "is COMPLETED with a stored result can't be completed without one",
    facts: flowRun({ state: withResult }),
    proposed: proposed("COMPLETED", { data: { type: "unpersisted" } }),
    status: "REJECT",
    written: null,
    reason: LOSES,
  },
  {
    what: "is COMPLETED with a stored result may be completed with another",
    facts: flowRun({ state: withResult }),
    proposed: proposed("COMPLETED", { data: { storage_key: "results/2" } }),
    status: "ACCEPT",
    written: "COMPLETED",
  },
  {
    what: "is COMPLETED with a stored result may be said to have failed",
    facts: flowRun({ state: withResult }),
    proposed: proposed("FAILED"),
    status: "ACCEPT",
    written: "FAILED",
  },
  {
    what: "has ended and has no deployment can't be scheduled",
    facts: flowRun({ state: state("FAILED") }),
    proposed: proposed("SCHEDULED"),
    status: "ABORT",
    written: null,
    reason: "Cannot reschedule a run without an associated deployment.",
  },
  {
    what: "has ended and is scheduled again forgets its pauses and is for workers",
    facts: flowRun({ state: state("FAILED"), deployment: {}, policy: remembersPauses }),
    proposed: proposed("SCHEDULED"),
    status: "ACCEPT",
    written: "SCHEDULED",
    also: {
      write: {
        run_patch: { empirical_policy: { pause_keys: [], resuming: false, retry_type: "reschedule" } },
      },
    },
  },
  {
    what: "has ended and runs again at once forgets its pauses and is for nobody else",
    facts: flowRun({ state: state("CRASHED"), policy: remembersPauses, run: { run_count: 1 } }),
    proposed: proposed("RUNNING"),
    status: "ACCEPT",
    written: "RUNNING",
    also: {
      write: {
        run_patch: {
          run_count: 2,
          empirical_policy: { pause_keys: [], resuming: false, retry_type: null },
        },
      },
    },
  },
  {
    what: "has ended keeps its pauses when a later rule refuses it",
    facts: flowRun({ state: state("CANCELLED"), policy: remembersPauses }),
    proposed: proposed("PENDING"),
    status: "ABORT",
    written: null,
    reason: "This run is in a CANCELLED state and cannot transition to a PENDING state.",
    also: { write: null },
  },
];

describe("a run that", () => {
  test.each(rows)("$what", (row) => {
    expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
  });
});
