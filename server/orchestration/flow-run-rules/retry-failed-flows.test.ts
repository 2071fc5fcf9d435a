import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import { at, flowRun, LEASE_ID, proposed, state } from "../fixtures/factories.ts";

const failed = proposed("FAILED", { message: "boom", data: { storage_key: "error/1" } });
const running = state("RUNNING", { details: { deployment_concurrency_lease_id: LEASE_ID } });

function retrying(retries: number | null, run_count: number) {
  return flowRun({
    state: running,
    run: { run_count },
    policy: { retries, retry_delay: 30, pause_keys: ["1"], resuming: true, retry_type: "in_process" },
  });
}

const goesOn = {
  status: "REJECT",
  written: ["SCHEDULED", "AwaitingRetry"],
  reason: "Retrying",
} as const;
const fails = { status: "ACCEPT", written: "FAILED" } as const;

const rows: FlowRunRow[] = [
  { what: "has no retries fails", facts: retrying(null, 1), proposed: failed, ...fails },
  { what: "has zero retries fails at its first run", facts: retrying(0, 1), proposed: failed, ...fails },
  { what: "has two retries goes on after its first run", facts: retrying(2, 1), proposed: failed, ...goesOn },
  {
    what: "has two retries goes on after its second run",
    facts: retrying(2, 2),
    proposed: failed,
    ...goesOn,
  },
  { what: "has two retries fails at its third run", facts: retrying(2, 3), proposed: failed, ...fails },
  {
    what: "goes on waits with what failed, with its slot, and with clean pauses",
    facts: retrying(1, 1),
    proposed: failed,
    ...goesOn,
    also: {
      state: {
        message: "boom",
        data: { storage_key: "error/1" },
        state_details: { scheduled_time: at(30), deployment_concurrency_lease_id: LEASE_ID },
      },
      write: {
        run_patch: {
          next_scheduled_start_time: at(30),
          empirical_policy: { pause_keys: [], resuming: false, retry_type: "in_process" },
        },
      },
    },
  },
  {
    what: "has used up its retries may be retried by a person, through a worker",
    facts: retrying(1, 2),
    proposed: failed,
    ...fails,
    also: { write: { run_patch: { empirical_policy: { retry_type: null } } } },
  },
  {
    what: "is failed by force is not retried",
    facts: retrying(2, 1),
    proposed: failed,
    force: true,
    ...fails,
  },
  {
    what: "crashes is not retried",
    facts: retrying(2, 1),
    proposed: proposed("CRASHED"),
    status: "ACCEPT",
    written: "CRASHED",
  },
];

describe("a run that", () => {
  test.each(rows)("$what", (row) => {
    expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
  });
});
