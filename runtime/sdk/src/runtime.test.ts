import { afterEach, describe, expect, it, vi } from "vitest";
import { runtime } from "./runtime.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the runtime context outside of runs", () => {
  it("is empty", () => {
    expect({ ...runtime.taskRun }).toEqual({
      id: null,
      tags: [],
      runCount: 0,
      name: null,
      taskName: null,
      parameters: {},
      apiUrl: null,
      uiUrl: null,
    });
    expect(runtime.flowRun).toMatchObject({
      id: null,
      parameters: {},
      parentFlowRunId: null,
      jobVariables: null,
    });
    expect(runtime.deployment).toMatchObject({ id: null, name: null, flowRunId: null });
    expect(runtime.signal.aborted).toBe(false);
  });

  it("knows the run that its process was started for", () => {
    vi.stubEnv("PREFECT__FLOW_RUN_ID", "0198b6d2-0000-7000-8000-000000000001");
    expect(runtime.flowRun.id).toBe("0198b6d2-0000-7000-8000-000000000001");
  });
});

describe("facts for tests", () => {
  it("come from the environment, as the type that they have", () => {
    vi.stubEnv("SLUICE__RUNTIME__FLOW_RUN__NAME", "mocked");
    vi.stubEnv("PREFECT__RUNTIME__FLOW_RUN__RUN_COUNT", "3");
    vi.stubEnv("PREFECT__RUNTIME__FLOW_RUN__SCHEDULED_START_TIME", "2026-01-02T03:04:05Z");
    vi.stubEnv("SLUICE__RUNTIME__FLOW_RUN__PARENT_FLOW_RUN_ID", "p");
    expect(runtime.flowRun).toMatchObject({
      name: "mocked",
      runCount: 3,
      scheduledStartTime: new Date("2026-01-02T03:04:05Z"),
      parentFlowRunId: "p",
    });
  });

  it("that are lists can't be given by the environment", () => {
    vi.stubEnv("SLUICE__RUNTIME__TASK_RUN__TAGS", "a,b");
    expect(() => runtime.taskRun.tags).toThrow("RUNTIME__TASK_RUN__TAGS is a list or an object");
  });
});
