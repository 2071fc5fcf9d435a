import { newId } from "@sluice/schemas";
import { describe, expect, it } from "vitest";
import { CancelledRun, CrashedRun, FailedRun, MissingResult, PausedRun, UnfinishedRun } from "./errors.ts";
import {
  AwaitingRetry,
  Cancelled,
  Completed,
  Crashed,
  Failed,
  Paused,
  Pending,
  Scheduled,
  State,
  stateFromWire,
  Suspended,
} from "./states.ts";

describe("a state", () => {
  it.each([
    [Completed(), "Completed()"],
    [Completed({ message: "it's done" }), `Completed("it's done")`],
    [Completed({ name: "Skipped", message: "nothing new" }), "Skipped('nothing new', type=COMPLETED)"],
    [AwaitingRetry(), "AwaitingRetry(type=SCHEDULED)"],
    [Suspended(), "Suspended(type=PAUSED)"],
  ])("reads as %s", (state, text) => {
    expect(state.toString()).toBe(text);
  });

  it("gives its value, even when that is undefined", async () => {
    expect(await Completed({ data: 4 }).result()).toBe(4);
    expect(await Completed({ data: undefined }).result()).toBeUndefined();
  });

  it.each([
    [Failed({ message: "no" }), FailedRun, "no"],
    [Failed({ data: "as text" }), FailedRun, "as text"],
    [Crashed(), CrashedRun, "Run crashed."],
    [Cancelled(), CancelledRun, "Run cancelled."],
    [Failed({ data: [Completed(), Failed({ data: new TypeError("inner") })] }), TypeError, "inner"],
    [Failed({ data: Crashed({ message: "deep" }) }), CrashedRun, "deep"],
    [Pending(), UnfinishedRun, "PENDING"],
    [Paused(), PausedRun, "paused"],
    [new State("COMPLETED"), MissingResult, "missing"],
  ])("that is %s has no value", async (state, type, message) => {
    await expect(state.result()).rejects.toBeInstanceOf(type);
    await expect(state.result()).rejects.toThrow(message);
  });

  it("gives its error instead of throwing it when asked to", async () => {
    expect(await Failed({ message: "no" }).result({ raiseOnFailure: false })).toEqual(new FailedRun("no"));
  });

  it("carries when it is to start, and until when it is paused", () => {
    const scheduledTime = new Date("2026-03-01T10:00:00Z");
    expect(Scheduled({ scheduledTime }).stateDetails.scheduledTime).toEqual(scheduledTime);
    const paused = Paused({ timeoutSeconds: 60, pauseKey: "3" }).stateDetails;
    expect(paused).toMatchObject({ pauseKey: "3", pauseReschedule: false });
    expect(paused.pauseTimeout?.getTime()).toBeGreaterThan(Date.now() + 50_000);
  });

  it("comes from the wire without keys that say nothing", () => {
    const flowRunId = newId<"flow-run">();
    const state = stateFromWire({
      id: "0198b6d2-0000-7000-8000-000000000000",
      type: "RUNNING",
      name: "Running",
      timestamp: "2026-03-01T10:00:00.123456Z",
      message: null,
      data: null,
      state_details: { flow_run_id: flowRunId, pause_key: null },
    });
    expect(state.timestampMicros % 1_000_000).toBe(123_456);
    expect(state.details).toEqual({ flow_run_id: flowRunId });
  });
});
