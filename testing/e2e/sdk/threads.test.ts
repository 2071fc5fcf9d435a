import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, startProgram } from "./programs.ts";
import { type SdkKit, setLogLevel, startSdkKit } from "./sdk-kit.ts";

let kit: SdkKit;
beforeAll(async () => {
  kit = await startSdkKit();
});
afterAll(() => kit.close());

/** What the program printed last. */
async function printed(program: string, ...args: string[]): Promise<{ output: unknown; flowRunId: string }> {
  const { code, stdout, stderr } = await ended(startProgram(program, ...args));
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

describe("the worker-threads runner", () => {
  // Loaded by Node itself: threads import the module by its URL, and test runners make URLs of their own.
  it("runs functions on threads while states and edges stay with the flow", async () => {
    setLogLevel("INFO");
    const { output, flowRunId } = await printed("threads", "sum");
    expect(output).toEqual({ values: [3, 7], threads: true, runName: expect.stringMatching(/^sum-/) });
    const runs = await kit.taskRunsOf(flowRunId);
    expect(runs.map((run) => run.state_type)).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
    const logs = await kit.logsOf(flowRunId);
    expect(logs.map((log) => log.message)).toContain("adding 1 and 2");
    expect(await kit.eventsOf("thread.")).toHaveLength(2);
  });

  it("ends a busy loop at its timeout", async () => {
    const { output } = await printed("threads", "spin");
    expect(output).toMatch(/^TimedOut\('Task run exceeded timeout of 0\.\d+ second\(s\)', type=FAILED\)$/);
  });

  it("says what to do when the task isn't exported", async () => {
    const { output } = await printed("threads", "hidden");
    expect(output).toMatch(/Task 'hidden-\w+' can't run on a thread: .*threads\.ts doesn't export it/);
  });

  it("refuses to start a module's flow again on every thread", async () => {
    const { output } = await printed("threads-unguarded");
    expect(output).toMatch(
      /Flow 'unguarded' was called while a thread imported its module.*import\.meta\.main/s,
    );
  });
});
