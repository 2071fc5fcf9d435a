import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CancelledRun } from "../errors.ts";
import { FlowRunSuspended } from "../engine-signals.ts";
import type { Transport } from "../transport/transport.ts";
import { watchRun } from "./run-watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A port at which the run is in these states, one per look; the server is away where there is none. */
function portWithStates(states: (object | null)[]) {
  const readFlowRun = vi.fn<() => Promise<{ state: unknown }>>(() => {
    const state = states.shift();
    return state ? Promise.resolve({ state }) : Promise.reject(new Error("away"));
  });
  return { transport: { readFlowRun } as unknown as Transport, readFlowRun }; // the part that the watch needs
}

function state(type: string, message: string | null, details: object = {}): object {
  return { id: "s", type, name: type, timestamp: "2026-01-01T00:00:00Z", message, state_details: details };
}

async function reasonAfterLooks(states: (object | null)[]): Promise<unknown> {
  const { transport } = portWithStates(states);
  const reasons: unknown[] = [];
  const watch = watchRun(transport, "run", (reason) => reasons.push(reason));
  for (let looks = states.length + 1; looks > 0; looks--) await vi.advanceTimersByTimeAsync(10_000);
  watch.stop();
  expect(reasons.length).toBeLessThanOrEqual(1);
  return reasons[0];
}

describe("a run that is watched", () => {
  it("stops once it is to be cancelled, also after the server was away", async () => {
    const reason = await reasonAfterLooks([state("RUNNING", null), null, state("CANCELLING", "by ada")]);
    expect(reason).toEqual(new CancelledRun("by ada"));
  });

  it("stops once it is suspended, but not while it is paused", async () => {
    const paused = state("PAUSED", null, { pause_reschedule: false });
    const suspended = state("PAUSED", null, { pause_reschedule: true });
    expect(await reasonAfterLooks([paused, suspended])).toBeInstanceOf(FlowRunSuspended);
    expect(await reasonAfterLooks([paused, paused])).toBeUndefined();
  });

  it("is looked at no more once it has ended", async () => {
    const { transport, readFlowRun } = portWithStates([]);
    watchRun(transport, "run", () => {}).stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readFlowRun).not.toHaveBeenCalled();
  });
});
