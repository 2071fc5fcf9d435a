import { describe, expect, it } from "vitest";
import type { ConcurrencyAnswer, ConcurrencyRequest, Transport } from "../transport/transport.ts";
import { acquireTagSlots, isKnownUnlimited } from "./concurrency-slots.ts";

const holder = { type: "task_run", id: "0198b6d2-0000-7000-8000-000000000001" } as const;
const signal = new AbortController().signal;

/** Writes down what the port is asked for, and gives the answers in turn. */
function recordingPort(answers: ConcurrencyAnswer[]) {
  const asked: ConcurrencyRequest[] = [];
  const released: string[] = [];
  const port = {
    acquireConcurrencySlots(request: ConcurrencyRequest) {
      asked.push(request);
      return Promise.resolve(answers.shift());
    },
    releaseConcurrencySlots(leaseId: string) {
      released.push(leaseId);
      return Promise.resolve();
    },
  };
  return { transport: port as unknown as Transport, asked, released }; // the parts that slots need
}

const limits = [{ id: "limit", name: "tag:x", limit: 1 }];

describe("slots of a task's tags", () => {
  it("are asked for until they are granted, held by the task run, and given back once", async () => {
    const { transport, asked, released } = recordingPort([
      { granted: false, retryAfterSeconds: 0.001 },
      { granted: true, lease: { lease_id: "lease-1", limits } },
    ]);
    const slots = await acquireTagSlots(transport, ["x", "y"], holder, signal);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual({
      names: ["tag:x", "tag:y"],
      slots: 1,
      mode: "concurrency",
      lease_duration: 60,
      holder,
    });
    await slots.release();
    expect(released).toEqual(["lease-1"]);
  });

  it("aren't asked for again for a while when no tag has a limit", async () => {
    const { transport, asked, released } = recordingPort([
      { granted: true, lease: { lease_id: "lease-of-nothing", limits: [] } },
    ]);
    await (await acquireTagSlots(transport, ["b", "a"], holder, signal)).release();
    await (await acquireTagSlots(transport, ["a", "b"], holder, signal)).release();
    expect(asked).toHaveLength(1);
    expect(released).toEqual([]);
    expect(isKnownUnlimited(transport, ["a", "b"])).toBe(true);
    expect(isKnownUnlimited(transport, ["a"])).toBe(false);
  });

  it("are no longer waited for when the run is told to stop", async () => {
    const { transport } = recordingPort([{ granted: false, retryAfterSeconds: 1000 }]);
    const controller = new AbortController();
    const waiting = acquireTagSlots(transport, ["x"], holder, controller.signal);
    controller.abort(new Error("over"));
    await expect(waiting).rejects.toThrow("over");
  });
});
