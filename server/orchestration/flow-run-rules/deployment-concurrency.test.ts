/** Slots of deployments' limits: taken on PENDING, kept on RUNNING, given back at the end (protocol section 3.9). */
import type { StateType } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { expectedOutcome, type FlowRunRow, flowRunOutcome } from "../fixtures/table.ts";
import {
  at,
  CURRENT_CLIENT,
  flowRun,
  LEASE_ID,
  LIMIT_ID,
  limit,
  NEW_LEASE_ID,
  proposed,
  state,
} from "../fixtures/factories.ts";

const scheduled = state("SCHEDULED");
const withLease = { deployment_concurrency_lease_id: LEASE_ID };
const TAKEN = "Deployment concurrency limit reached.";

function deployment(occupied: number, size: number, strategy: "ENQUEUE" | "CANCEL_NEW" = "ENQUEUE") {
  return { concurrency_limit: limit(occupied, size), collision_strategy: strategy };
}

const acquired = (expires: number) => ({
  kind: "acquire_lease",
  lease: { id: NEW_LEASE_ID, limit_ids: [LIMIT_ID], holder: { type: "flow_run" }, expires: at(expires) },
});
const renewed = (expires: number) => ({ kind: "renew_lease", lease_id: LEASE_ID, expires: at(expires) });
const released = { kind: "release_lease", lease_id: LEASE_ID };

function effects(...expected: object[]) {
  return { write: { effects: expected } };
}
const told = { kind: "emit_state_event" };

const taking: FlowRunRow[] = [
  {
    what: "finds a slot takes it for the default grace period",
    facts: flowRun({ state: scheduled, deployment: deployment(1, 2) }),
    proposed: proposed("PENDING"),
    status: "ACCEPT",
    written: "PENDING",
    also: {
      ...effects(acquired(300), told),
      state: { state_details: { deployment_concurrency_lease_id: NEW_LEASE_ID } },
    },
  },
  {
    what: "finds a slot takes it for its deployment's own grace period",
    facts: flowRun({ state: scheduled, deployment: { ...deployment(0, 1), grace_period_seconds: 90 } }),
    proposed: proposed("PENDING"),
    status: "ACCEPT",
    written: "PENDING",
    also: effects(acquired(90), told),
  },
  {
    what: "finds no slot waits for one",
    facts: flowRun({ state: scheduled, deployment: deployment(2, 2) }),
    proposed: proposed("PENDING"),
    status: "REJECT",
    written: ["SCHEDULED", "AwaitingConcurrencySlot"],
    reason: TAKEN,
    also: { ...effects(told), state: { state_details: { scheduled_time: at(30) } } },
  },
  {
    what: "finds no slot is cancelled where that is the strategy",
    facts: flowRun({ state: scheduled, deployment: deployment(2, 2, "CANCEL_NEW") }),
    proposed: proposed("PENDING"),
    status: "REJECT",
    written: "CANCELLED",
    reason: TAKEN,
    also: { state: { message: TAKEN } },
  },
  {
    what: "has a limit of zero would wait for ever, and stops",
    facts: flowRun({ state: scheduled, deployment: deployment(0, 0) }),
    proposed: proposed("PENDING"),
    status: "ABORT",
    written: null,
    reason: "The deployment concurrency limit is 0. The flow will deadlock if submitted again.",
  },
  {
    what: "has lost its deployment stops",
    facts: { ...flowRun({ state: scheduled, deployment: {} }), deployment: null },
    proposed: proposed("PENDING"),
    status: "ABORT",
    written: null,
    reason: "Deployment not found.",
  },
  {
    what: "has a deployment without a limit needs no slot",
    facts: flowRun({ state: scheduled, deployment: {} }),
    proposed: proposed("PENDING"),
    status: "ACCEPT",
    written: "PENDING",
    also: effects(told),
  },
  {
    what: "is taken by a worker that manages slots itself takes none",
    facts: flowRun({ state: scheduled, deployment: deployment(2, 2) }),
    proposed: proposed("PENDING"),
    context: { client_version: "3.0.1" },
    status: "ACCEPT",
    written: "PENDING",
    also: effects(told),
  },
  {
    what: "still holds a slot from before takes no second one",
    facts: flowRun({
      state: state("SCHEDULED", { name: "AwaitingRetry", details: withLease }),
      deployment: deployment(1, 1),
      lease: LEASE_ID,
    }),
    proposed: proposed("PENDING"),
    status: "ACCEPT",
    written: "PENDING",
    also: { ...effects(renewed(300), told), state: { state_details: withLease } },
  },
  {
    what: "is paused takes no slot when it may not become PENDING at all",
    facts: flowRun({ state: state("PAUSED"), deployment: deployment(0, 1) }),
    proposed: proposed("PENDING"),
    status: "REJECT",
    written: null,
    reason: "This run cannot transition to the StateType.PENDING state from the StateType.PAUSED state.",
    also: { write: { effects: [] } },
  },
  {
    what: "is taken by force takes no slot",
    facts: flowRun({ state: scheduled, deployment: deployment(2, 2) }),
    proposed: proposed("PENDING"),
    force: true,
    status: "ACCEPT",
    written: "PENDING",
    also: effects(told),
  },
];

const pending = state("PENDING", { details: withLease });

const comingUp: FlowRunRow[] = [
  {
    what: "comes up in time keeps its slot",
    facts: flowRun({ state: pending, deployment: deployment(1, 1), lease: LEASE_ID }),
    proposed: proposed("RUNNING"),
    status: "ACCEPT",
    written: "RUNNING",
    also: { ...effects(renewed(300), told), state: { state_details: withLease } },
  },
  {
    what: "comes up too late takes a free slot instead",
    facts: flowRun({ state: pending, deployment: deployment(0, 1) }),
    proposed: proposed("RUNNING"),
    status: "ACCEPT",
    written: "RUNNING",
    also: {
      ...effects(acquired(300), told),
      state: { state_details: { deployment_concurrency_lease_id: NEW_LEASE_ID } },
    },
  },
  {
    what: "comes up too late and finds no slot is cancelled",
    facts: flowRun({ state: pending, deployment: deployment(1, 1) }),
    proposed: proposed("RUNNING"),
    status: "REJECT",
    written: "CANCELLED",
    reason: "Deployment concurrency limit reached after lease expiry.",
    also: {
      state: {
        message:
          "Deployment concurrency slot lost during provisioning - no slots available to continue execution",
      },
    },
  },
  ...([["3.4.10"], ["3.4.11rc1"], ["2.20.4"], [null]] as const).map(
    ([client_version]): FlowRunRow => ({
      what: `comes up with client ${client_version ?? "unknown"} keeps its slot until it gives it back`,
      facts: flowRun({ state: pending, deployment: deployment(1, 1), lease: LEASE_ID }),
      proposed: proposed("RUNNING"),
      context: { client_version },
      status: "ACCEPT",
      written: "RUNNING",
      also: effects(renewed(100 * 365 * 24 * 3600), told),
    }),
  ),
  ...["3.4.11", "3.4.12.dev1", "3.5.0", CURRENT_CLIENT, "4.0.0"].map(
    (client_version): FlowRunRow => ({
      what: `comes up with client ${client_version} has to renew its lease`,
      facts: flowRun({ state: pending, deployment: deployment(1, 1), lease: LEASE_ID }),
      proposed: proposed("RUNNING"),
      context: { client_version },
      status: "ACCEPT",
      written: "RUNNING",
      also: effects(renewed(300), told),
    }),
  ),
];

const givesBack = (from: StateType, to: StateType): FlowRunRow => ({
  what: `goes from ${from} to ${to} gives its slot back`,
  facts: flowRun({
    state: state(from, { details: withLease }),
    deployment: deployment(1, 1),
    lease: LEASE_ID,
  }),
  proposed: proposed(to),
  status: "ACCEPT",
  written: to,
  also: { write: { effects: [told, released] } },
});

const keeps = (from: StateType, to: StateType): FlowRunRow => ({
  ...givesBack(from, to),
  what: `goes from ${from} to ${to} keeps its slot`,
  force: true,
  also: { write: { effects: [told] } },
});

const leaving: FlowRunRow[] = [
  givesBack("RUNNING", "COMPLETED"),
  givesBack("RUNNING", "PAUSED"),
  givesBack("RUNNING", "SCHEDULED"),
  givesBack("PENDING", "CRASHED"),
  givesBack("PENDING", "SCHEDULED"),
  givesBack("CANCELLING", "CANCELLED"),
  keeps("PENDING", "RUNNING"),
  keeps("RUNNING", "CANCELLING"),
  {
    what: "waits for a retry in its process keeps its slot",
    facts: flowRun({
      state: state("RUNNING", { details: withLease }),
      deployment: deployment(1, 1),
      lease: LEASE_ID,
      policy: { retries: 1 },
      run: { run_count: 1 },
    }),
    proposed: proposed("FAILED"),
    status: "REJECT",
    written: ["SCHEDULED", "AwaitingRetry"],
    reason: "Retrying",
    also: effects(told),
  },
  {
    what: "says itself that it awaits a retry leaves its process, and gives its slot back",
    facts: flowRun({
      state: state("RUNNING", { details: withLease }),
      deployment: deployment(1, 1),
      lease: LEASE_ID,
    }),
    proposed: proposed("SCHEDULED", { name: "AwaitingRetry" }),
    status: "ACCEPT",
    written: ["SCHEDULED", "AwaitingRetry"],
    also: effects(told, released),
  },
  {
    what: "is cancelled while it waits for a retry gives its slot back",
    facts: flowRun({
      state: state("SCHEDULED", { name: "AwaitingRetry", details: withLease }),
      deployment: deployment(1, 1),
      lease: LEASE_ID,
    }),
    proposed: proposed("CANCELLED"),
    status: "ACCEPT",
    written: "CANCELLED",
    also: effects(told, released),
  },
];

const passingOn: FlowRunRow[] = [
  {
    what: "goes on to Submitting without naming its lease still has it",
    facts: flowRun({ state: pending, deployment: deployment(1, 1), lease: LEASE_ID }),
    proposed: proposed("PENDING", {
      name: "Submitting",
      details: { deployment_concurrency_lease_id: null },
    }),
    status: "ACCEPT",
    written: ["PENDING", "Submitting"],
    also: { state: { state_details: withLease } },
  },
  {
    what: "is forced to another state that holds one still has it",
    facts: flowRun({ state: pending, deployment: deployment(1, 1), lease: LEASE_ID }),
    proposed: proposed("RUNNING"),
    force: true,
    status: "ACCEPT",
    written: "RUNNING",
    also: { state: { state_details: withLease } },
  },
];

describe("a run that", () => {
  describe("is claimed and", () => {
    test.each(taking)("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("has a slot and", () => {
    test.each([...comingUp, ...passingOn])("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
  describe("holds a slot and", () => {
    test.each(leaving)("$what", (row) => {
      expect(flowRunOutcome(row)).toMatchObject(expectedOutcome(row));
    });
  });
});
