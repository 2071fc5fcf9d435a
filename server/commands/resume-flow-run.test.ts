import type { FlowRunId } from "@sluice/schemas";
import { newId } from "@sluice/schemas";
import { describe, expect, test } from "vitest";
import { CALLER, CommandWorld } from "./fixtures/command-world.ts";
import { resumeFlowRun } from "./resume-flow-run.ts";

const KEYSET = { schema: "paused-1-schema", response: "paused-1-response" };
const SCHEMA = {
  type: "object",
  properties: { count: { type: "integer" }, note: { type: "string" } },
  required: ["count"],
};

async function pausedRun(world: CommandWorld, schema: string | null): Promise<FlowRunId> {
  const { id } = await world.create();
  await world.propose(id, "RUNNING");
  await world.propose(id, "PAUSED", { pause_key: "1", ...(schema !== null && { run_input_keyset: KEYSET }) });
  if (schema !== null) {
    const moment = world.now;
    await world.context.store.transaction((tx) =>
      tx.flowRunInputs.create({
        id: newId(),
        workspace_id: CALLER.workspace_id,
        created: moment,
        updated: moment,
        flow_run_id: id,
        key: KEYSET.schema,
        value: schema,
        sender: null,
      }),
    );
  }
  return id;
}

async function response(world: CommandWorld, id: FlowRunId): Promise<unknown> {
  const { flowRunInputs } = world.context.store.reads;
  const stored = await flowRunInputs.read(CALLER.workspace_id, id, KEYSET.response);
  return stored && (JSON.parse(stored.value) as unknown);
}

describe("resuming a flow run", () => {
  test("lets a paused run go on, as the same attempt", async () => {
    await using world = await CommandWorld.open();
    const id = await pausedRun(world, null);
    expect(await resumeFlowRun(world.context, CALLER, id, null)).toMatchObject({
      status: "ACCEPT",
      created: true,
      attempt: 1,
      state: { type: "RUNNING" },
    });
  });

  test("answers without a state when the run is not paused", async () => {
    await using world = await CommandWorld.open();
    const { id } = await world.create();
    expect(await resumeFlowRun(world.context, CALLER, id, null)).toEqual({
      status: "ABORT",
      state: null,
      details: { type: "abort_details", reason: "Cannot resume a flow run that is not paused." },
      created: false,
      attempt: 1,
    });
  });

  test("keeps input that fits, with marked values put in their place", async () => {
    await using world = await CommandWorld.open();
    const id = await pausedRun(world, JSON.stringify(SCHEMA));
    const input = {
      count: { __prefect_kind: "json", value: "3" },
      note: { __prefect_kind: "none", value: "by hand" },
    };
    expect((await resumeFlowRun(world.context, CALLER, id, input)).status).toBe("ACCEPT");
    expect(await response(world, id)).toEqual({ count: 3, note: "by hand" });
  });

  test.each([
    ["does not fit", JSON.stringify(SCHEMA), { count: "three" }, /^Reason: Validation failed/],
    ["is missing", JSON.stringify(SCHEMA), null, /^Reason: Validation failed/],
    [
      "is not JSON",
      JSON.stringify(SCHEMA),
      { count: { __prefect_kind: "json", value: "{" } },
      /^Error hydrating run input: /,
    ],
    ["has a schema that is not JSON", "{", { count: 3 }, /^Run input schema is not valid JSON\.$/],
  ])("keeps the run paused when its input %s", async (_what, schema, input, reason) => {
    await using world = await CommandWorld.open();
    const id = await pausedRun(world, schema);
    expect(await resumeFlowRun(world.context, CALLER, id, input)).toMatchObject({
      status: "REJECT",
      created: false,
      state: { type: "PAUSED" },
      details: { type: "abort_details", reason: expect.stringMatching(reason) as string },
    });
    expect(await response(world, id)).toBeNull();
    expect((await world.history(id)).at(-1)?.type).toBe("PAUSED");
  });

  test("keeps no empty input", async () => {
    await using world = await CommandWorld.open();
    const id = await pausedRun(world, JSON.stringify({ type: "object" }));
    expect((await resumeFlowRun(world.context, CALLER, id, null)).status).toBe("ACCEPT");
    expect(await response(world, id)).toBeNull();
  });
});
