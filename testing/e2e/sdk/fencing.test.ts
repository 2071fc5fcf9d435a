import { flow, runtime } from "@sluice/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SdkKit, startSdkKit } from "./sdk-kit.ts";

let kit: SdkKit;
beforeAll(async () => {
  kit = await startSdkKit();
});
afterAll(() => kit.close());

describe("an execution of a flow run", () => {
  it("that another one has replaced can't change the run any more", async () => {
    const replaced = flow(
      async () => {
        // As a second process does that takes this one for dead.
        await kit.api("POST", `/flow_runs/${runtime.flowRun.id}/set_state`, { state: { type: "RUNNING" } });
        return "late";
      },
      { name: "replaced" },
    );
    await Promise.allSettled([replaced()]);
    const [run] = await kit.flowRunsOf("replaced");
    expect(run).toMatchObject({ state_type: "RUNNING" });
    expect(await kit.flowRunHistory(run?.id ?? null)).toEqual(["Pending", "Running", "Running"]);
  });

  it("goes on through its own retries", async () => {
    let calls = 0;
    const retried = flow(
      async () => {
        calls += 1;
        if (calls < 3) throw new Error("not yet");
        return calls;
      },
      { name: "retried", retries: 2 },
    );
    expect(await retried()).toBe(3);
    const [run] = await kit.flowRunsOf("retried");
    expect(run).toMatchObject({ state_type: "COMPLETED", run_count: 3 });
  });
});
