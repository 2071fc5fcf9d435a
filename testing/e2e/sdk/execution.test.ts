import { executeFlowRun, flow, ParameterTypeError, runtime, task } from "@sluice/sdk";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Row, type SdkKit, startSdkKit } from "./sdk-kit.ts";

let kit: SdkKit;
beforeAll(async () => {
  kit = await startSdkKit();
});
afterAll(() => kit.close());

const prepare = flow(
  async function prepare({ cups, kind }) {
    return `${cups * 2} cups of ${kind} in ${runtime.flowRun.name}`;
  },
  {
    parameters: z.object({ cups: z.coerce.number(), kind: z.string().default("tea") }),
    retries: 4,
    version: "v3",
  },
);

/** A run that somebody else made. */
async function scheduledRun(parameters: object): Promise<Row> {
  const { id } = await kit.api("POST", "/flows/", { name: prepare.name });
  return kit.api("POST", "/flow_runs/", {
    flow_id: id,
    name: "by-hand",
    parameters,
    state: { type: "SCHEDULED" },
  });
}

describe("a run that exists already", () => {
  it("is executed with its own parameters and name, and takes over the flow's version and policy", async () => {
    const { id } = await scheduledRun({ cups: "2" });
    const { future } = await executeFlowRun(prepare, id);
    expect(await future).toBe("4 cups of tea in by-hand");
    expect(await kit.flowRunHistory(id)).toEqual(["Scheduled", "Running", "Completed"]);
    expect(await kit.flowRun(id)).toMatchObject({
      flow_version: "v3",
      empirical_policy: { retries: 4 },
      run_count: 1,
    });
  });

  it("fails without running when its parameters don't fit", async () => {
    const { id } = await scheduledRun({ cups: "many" });
    const { future } = await executeFlowRun(prepare, id);
    await expect(future).rejects.toBeInstanceOf(ParameterTypeError);
    expect(await kit.flowRunHistory(id)).toEqual(["Scheduled", "Failed"]);
  });

  it("must exist", async () => {
    await expect(executeFlowRun(prepare, "00000000-0000-4000-8000-00000000dead")).rejects.toMatchObject({
      name: "ObjectNotFound",
    });
  });
});

describe("a called flow", () => {
  it("shows what it was given, and defaults for the rest", async () => {
    await prepare({ cups: "3" });
    const [run] = await kit.flowRunsOf("prepare");
    expect(run?.parameters).toEqual({ cups: "3", kind: "tea" });
  });

  it("sends a heartbeat as it starts", async () => {
    const beating = flow(async function beating() {
      return runtime.flowRun.id;
    });
    const id = await beating();
    const beats = await kit.eventsOf("prefect.flow-run.heartbeat");
    expect(beats.map((beat) => beat.resource)).toContainEqual(
      expect.objectContaining({ "prefect.resource.id": `prefect.flow-run.${id}` }),
    );
  });
});

describe("task events", () => {
  it("follow each other, name what the run belongs to, and carry the state's id", async () => {
    const traced = task(async () => {}, { name: "traced", tags: ["b", "a"] });
    const tracing = flow(async function tracing() {
      const future = traced();
      await future;
      return { taskRun: future.taskRunId, state: future.state.id, flowRun: runtime.flowRun };
    });
    const { taskRun, state } = await tracing();
    const events = await vi.waitFor(async () => {
      const all = await kit.eventsOf("prefect.task-run.");
      const own = all.filter((event) => resourceId(event) === `prefect.task-run.${taskRun}`);
      expect(own).toHaveLength(3);
      return own;
    });
    const [completed, running, pending] = events;
    expect([pending?.follows, running?.follows, completed?.follows]).toEqual([
      null,
      pending?.id,
      running?.id,
    ]);
    expect(completed).toMatchObject({
      id: state,
      event: "prefect.task-run.Completed",
      payload: { intended: { from: "RUNNING", to: "COMPLETED" }, validated_state: { data: null } },
    });
    const related = (completed?.related ?? []) as Record<string, string>[];
    expect(related.map((labels) => labels["prefect.resource.role"])).toEqual([
      "tag",
      "tag",
      "flow-run",
      "flow",
    ]);
  });
});

function resourceId(event: Row): string | undefined {
  const resource: unknown = event.resource;
  return (resource as Record<string, string>)["prefect.resource.id"]; // events have labelled resources
}
