import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ended, startProgram } from "./programs.ts";
import { type Row, type SdkKit, setLogLevel, startSdkKit } from "./sdk-kit.ts";

let kit: SdkKit;
beforeAll(async () => {
  kit = await startSdkKit();
});
afterAll(() => kit.close());

async function crashed(flowRunId: string): Promise<unknown> {
  const runs = await kit.api<Row[]>("POST", "/flow_runs/filter", {});
  expect(runs.filter((run) => run.state_type === "RUNNING")).toEqual([]);
  const { state } = await kit.api<{ state: { message: string } }>("GET", `/flow_runs/${flowRunId}`);
  return state.message;
}

describe("a flow run whose process dies", () => {
  it.each([
    ["SIGTERM", "Execution was aborted by a termination signal."],
    ["SIGINT", "Execution was aborted by an interrupt signal."],
  ] as const)("of %s is Crashed, with all that is under way in it", async (signal, message) => {
    const child = startProgram("dying", "signal");
    const end = ended(child);
    const flowRunId = await vi.waitFor(async () => {
      const [run] = await kit.flowRunsOf("nested");
      if (run?.state_type !== "RUNNING") throw new Error("not there yet");
      const [task] = await kit.taskRunsOf(run.id);
      if (task?.state_type !== "RUNNING") throw new Error("not there yet");
      const parent = await kit.api("GET", `/task_runs/${run.parent_task_run_id}`);
      return String(parent.flow_run_id);
    }, 10_000);
    child.kill(signal);
    expect(await end).toMatchObject({ code: null, signal, stdout: `${flowRunId}\nhook: CRASHED\n` });
    expect(await crashed(flowRunId)).toBe(message);
    const [nested] = await kit.flowRunsOf("nested");
    const [stuck] = await kit.taskRunsOf(nested?.id ?? null);
    expect(stuck?.state_type).toBe("CRASHED");
  });

  it.each([
    ["uncaught", "RangeError: out of nowhere"],
    ["rejection", "RangeError: nobody cared"],
  ])("of an error that nobody catches (%s) is Crashed", async (death, error) => {
    const { code, stdout, stderr } = await ended(startProgram("dying", death));
    expect(code).toBe(1);
    expect(stderr).toContain(error);
    const [flowRunId = ""] = stdout.split("\n");
    expect(await crashed(flowRunId)).toBe(`Execution was interrupted by an unexpected exception: ${error}`);
  });

  it("of its own failure, which the program doesn't await, is Failed", async () => {
    const { code, stdout, stderr } = await ended(startProgram("dying", "failure"));
    expect(code).toBe(1);
    expect(stderr).toContain("RangeError: as any other");
    expect(await kit.flowRun(stdout.trim())).toMatchObject({ state_type: "FAILED" });
  });

  it("because it waits for what can't happen is Crashed", async () => {
    const { code, stdout } = await ended(startProgram("dying", "nothing"));
    expect(code).toBe(13);
    const [flowRunId = ""] = stdout.split("\n");
    expect(await crashed(flowRunId)).toBe(
      "Execution stopped: the run waits for something that can't happen any more.",
    );
  });
});

it("a failed flow that its program doesn't catch has all its logs at the server when the program has ended", async () => {
  setLogLevel("INFO");
  const { code, stderr } = await ended(startProgram("failing")).finally(() => setLogLevel("CRITICAL"));
  expect(code).toBe(1);
  expect(stderr).toContain("no use");
  const [run] = await kit.flowRunsOf("failing");
  expect(run?.state_type).toBe("FAILED");
  const lines = await kit.api<{ message: string }[]>("POST", "/logs/filter", {
    logs: { flow_run_id: { any_: [run?.id] } },
  });
  const text = lines.map(({ message }) => message).join("\n");
  for (const words of ["last words", "Encountered exception during execution", "Finished in state Failed"]) {
    expect(text).toContain(words);
  }
});

it("a flow whose log lines nobody reads any more goes on to its end", async () => {
  setLogLevel("INFO");
  const child = startProgram("talking");
  child.stderr?.destroy();
  const { code } = await ended(child).finally(() => setLogLevel("CRITICAL"));
  expect(code).toBe(0);
  const [run] = await kit.flowRunsOf("talking");
  expect(run?.state_type).toBe("COMPLETED");
});
