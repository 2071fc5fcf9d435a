import { DEFAULT_TASK_RUN_POLICY, parseTimestamp, type Timestamp } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { decideLostDelivery, type LostDelivery, MAXIMUM_DELIVERY_ATTEMPTS } from "./lost-deliveries.ts";
import { newState } from "./states.ts";

const now = parseTimestamp("2026-08-01T12:00:00Z") as Timestamp;
const earlier = parseTimestamp("2026-08-01T11:00:00Z") as Timestamp;
const params = "7e6f1a52-1111-4222-8333-444455556666";

function state(type: Parameters<typeof newState>[0], details = {}) {
  const id = "7e6f1a52-0000-4222-8333-444455556666";
  return { ...newState(type, { state_details: details }), id, timestamp: earlier } as LostDelivery["state"];
}

const queued = state("SCHEDULED", {
  deferred: true,
  task_parameters_id: params,
  scheduled_time: earlier,
});

function decide(changes: Partial<LostDelivery> & { retries?: number; run_count?: number }) {
  const { retries = 0, run_count = 1, ...rest } = changes;
  return decideLostDelivery({
    run: { run_count, empirical_policy: { ...DEFAULT_TASK_RUN_POLICY, retries } },
    state: queued,
    queued,
    is_acknowledged: true,
    attempts: 1,
    worker: "host-1",
    is_supervised: false,
    now,
    ...rest,
  });
}

const again = (name: string) => ({
  kind: "propose",
  state: {
    type: "SCHEDULED",
    name,
    state_details: { deferred: true, task_parameters_id: params, scheduled_time: earlier },
  },
});
const ended = (type: string) => ({ kind: "propose", state: { type } });
const deferredPending = state("PENDING", { deferred: true });

describe("a run whose task worker is gone", () => {
  it.each([
    ["never reached it", { is_acknowledged: false }, { kind: "release" }],
    ["was not started", {}, again("Scheduled")],
    ["was about to be started", { state: deferredPending }, again("Scheduled")],
    ["was handed out too often", { attempts: MAXIMUM_DELIVERY_ATTEMPTS }, ended("CRASHED")],
    ["has ended", { state: state("COMPLETED"), is_supervised: true }, { kind: "settle" }],
    ["has no state", { state: null }, { kind: "settle" }],
    ["runs at a stock worker", { state: state("RUNNING"), retries: 3 }, { kind: "settle" }],
    ["waits for a retry at a stock worker", { state: state("SCHEDULED") }, { kind: "settle" }],
    ["ran at ours", { state: state("RUNNING"), is_supervised: true }, ended("CRASHED")],
    [
      "ran at ours and has retries",
      { state: state("RUNNING"), is_supervised: true, retries: 1 },
      again("AwaitingRetry"),
    ],
    [
      "ran at ours for the last time",
      { state: state("RUNNING"), is_supervised: true, retries: 1, run_count: 2 },
      ended("CRASHED"),
    ],
    [
      "waited for a retry at ours",
      { state: state("SCHEDULED"), is_supervised: true, retries: 1 },
      again("AwaitingRetry"),
    ],
    ["was being cancelled", { state: state("CANCELLING"), is_supervised: true }, ended("CANCELLED")],
  ] satisfies [string, Parameters<typeof decide>[0], object][])("and that %s", (_, changes, verdict) => {
    expect(decide(changes)).toMatchObject(verdict);
  });

  it("is due at once when nothing says when it was", () => {
    expect(decide({ queued: null })).toMatchObject({ state: { state_details: { scheduled_time: now } } });
  });
});
