import { describe, expect, it, test } from "vitest";
import type { z } from "zod";
import { flowRunCreate, flowRunUpdate } from "./flow-runs.ts";
import { flowCreate, flowUpdate } from "./flows.ts";
import { logCreate } from "./logs.ts";
import { stateCreate } from "./states.ts";
import { taskRunCreate, taskRunUpdate } from "./task-runs.ts";

const ID = "0198aaaa-0000-7000-8000-00000000000a";

describe("a flow in a request", () => {
  it.each(["a/b", "50%", "a&b", "<a>", ""])("may not be named %j: names are path segments", (name) => {
    expect(pathsOf(flowCreate, { name })).toEqual(["name"]);
  });

  it("has no tags and no labels when not told, also when told null labels", () => {
    expect(flowCreate.parse({ name: "a" })).toEqual({ name: "a", tags: [], labels: {} });
    expect(flowCreate.parse({ name: "a", labels: null }).labels).toEqual({});
  });

  it("keeps the order and the duplicates of its tags", () => {
    expect(flowCreate.parse({ name: "a", tags: ["b", "a", "b"] }).tags).toEqual(["b", "a", "b"]);
  });

  it("refuses labels that are no strings, numbers or booleans", () => {
    expect(flowCreate.safeParse({ name: "a", labels: { ok: 1.5, too: true, a: "b" } }).success).toBe(true);
    expect(pathsOf(flowCreate, { name: "a", labels: { bad: [1] } })).toEqual(["labels.bad"]);
  });
});

describe("action bodies are closed", () => {
  it.each([
    ["flowCreate", flowCreate, { name: "a" }],
    ["flowUpdate", flowUpdate, {}],
    ["flowRunCreate", flowRunCreate, { flow_id: ID }],
    ["flowRunUpdate", flowRunUpdate, {}],
    ["taskRunCreate", taskRunCreate, { task_key: "a", dynamic_key: "0" }],
    ["taskRunUpdate", taskRunUpdate, {}],
    ["stateCreate", stateCreate, { type: "RUNNING" }],
    ["logCreate", logCreate, { name: "a", level: 20, message: "", timestamp: "2026-01-01" }],
  ])("%s refuses a key that it does not know", (_, schema, body) => {
    expect(schema.safeParse(body).success).toBe(true);
    const { error } = schema.safeParse({ ...body, surprise: 1 });
    expect(error?.issues).toMatchObject([{ code: "unrecognized_keys", keys: ["surprise"] }]);
  });
});

describe("a flow run in a request", () => {
  it("gets every default", () => {
    expect(flowRunCreate.parse({ flow_id: ID })).toEqual({
      state: null,
      name: null,
      flow_id: ID,
      flow_version: null,
      parameters: {},
      context: {},
      parent_task_run_id: null,
      infrastructure_document_id: null,
      empirical_policy: {
        max_retries: 0,
        retry_delay_seconds: 0,
        retries: null,
        retry_delay: null,
        pause_keys: [],
        resuming: false,
        retry_type: null,
      },
      tags: [],
      labels: {},
      idempotency_key: null,
      work_pool_name: null,
      work_queue_name: null,
      job_variables: null,
      deployment_id: null,
    });
  });

  it("has no name when told null or an empty one: the server invents it", () => {
    expect(flowRunCreate.parse({ flow_id: ID, name: "" }).name).toBeNull();
    expect(flowRunCreate.parse({ flow_id: ID, name: null }).name).toBeNull();
    expect(pathsOf(flowRunCreate, { flow_id: ID, name: 5 })).toEqual(["name"]);
  });

  it("has its ids made lower-case and hyphenated", () => {
    const flow_id = ID.replaceAll("-", "").toUpperCase();
    expect(flowRunCreate.parse({ flow_id }).flow_id).toBe(ID);
    expect(issuesOf(flowRunCreate, { flow_id: "x" })).toMatchObject([{ params: { type: "uuid_parsing" } }]);
  });

  it("takes objects as parameters and nothing else", () => {
    expect(pathsOf(flowRunCreate, { flow_id: ID, parameters: [] })).toEqual(["parameters"]);
    expect(pathsOf(flowRunCreate, { flow_id: ID, parameters: null })).toEqual(["parameters"]);
    expect(issuesOf(flowRunCreate, { flow_id: ID, context: "x" })).toMatchObject([
      { params: { type: "dict_type" } },
    ]);
  });

  it("reads the deprecated retry fields where the current ones are not set", () => {
    const policy = (empirical_policy: object) =>
      flowRunCreate.parse({ flow_id: ID, empirical_policy }).empirical_policy;
    expect(policy({ max_retries: 2, retry_delay_seconds: 3 })).toMatchObject({ retries: 2, retry_delay: 3 });
    expect(policy({ max_retries: 2, retries: 1 })).toMatchObject({ retries: 1 });
    expect(policy({ retries: 0 })).toMatchObject({ retries: 0 });
  });

  it("ignores unknown keys of a policy, and doubles among its pause keys", () => {
    const { empirical_policy } = flowRunCreate.parse({
      flow_id: ID,
      empirical_policy: { pause_keys: ["a", "a"], unknown: 1 },
    });
    expect(empirical_policy.pause_keys).toEqual(["a"]);
    expect(empirical_policy).not.toHaveProperty("unknown");
  });

  it("waits whole seconds between retries", () => {
    expect(pathsOf(flowRunCreate, { flow_id: ID, empirical_policy: { retry_delay: 1.5 } })).toEqual([
      "empirical_policy.retry_delay",
    ]);
    expect(pathsOf(flowRunCreate, { flow_id: ID, empirical_policy: { retry_delay_seconds: 1.5 } })).toEqual([
      "empirical_policy.retry_delay_seconds",
    ]);
  });
});

describe("a change of a flow run", () => {
  it("holds only the keys that were sent, null included", () => {
    expect(flowRunUpdate.parse({})).toEqual({});
    expect(flowRunUpdate.parse({ infrastructure_pid: null })).toEqual({ infrastructure_pid: null });
  });

  it.each(["tags", "parameters", "empirical_policy"])("may not set %s to null", (key) => {
    expect(pathsOf(flowRunUpdate, { [key]: null })).toEqual([key]);
  });
});

describe("a proposed state", () => {
  it("is named after its type when it has no name", () => {
    expect(stateCreate.parse({ type: "RUNNING" }).name).toBe("Running");
    expect(stateCreate.parse({ type: "RUNNING", name: "Warming up" }).name).toBe("Warming up");
  });

  it.each(["id", "timestamp"])("may not bring its own %s", (key) => {
    expect(stateCreate.safeParse({ type: "RUNNING", [key]: ID }).success).toBe(false);
  });

  it("keeps its data untouched, and null when there is none", () => {
    const data = { type: "unpersisted", nested: { a: [1] } };
    expect(stateCreate.parse({ type: "COMPLETED", data }).data).toEqual(data);
    expect(stateCreate.parse({ type: "COMPLETED" }).data).toBeNull();
  });

  it("has its moments parsed, and unknown details dropped", () => {
    const state_details = { scheduled_time: "1970-01-01T00:00:01Z", unknown: 1 };
    expect(stateCreate.parse({ type: "SCHEDULED", state_details }).state_details).toEqual({
      scheduled_time: 1_000_000,
    });
  });

  it("has one of the types, in capitals", () => {
    expect(pathsOf(stateCreate, { type: "running" })).toEqual(["type"]);
  });
});

describe("a task run in a request", () => {
  const keys = { task_key: "add", dynamic_key: "0" };

  it("may name its own id, unlike a flow run", () => {
    expect(taskRunCreate.parse({ ...keys, id: ID }).id).toBe(ID);
    expect(flowRunCreate.safeParse({ flow_id: ID, id: ID }).success).toBe(false);
  });

  it("says what each argument came from", () => {
    const task_inputs = {
      x: [
        { input_type: "task_run", id: ID },
        { input_type: "constant", type: "int" },
      ],
      __parents__: [{ input_type: "flow_run", id: ID }],
    };
    expect(taskRunCreate.parse({ ...keys, task_inputs }).task_inputs).toEqual(task_inputs);
    expect(
      pathsOf(taskRunCreate, { ...keys, task_inputs: { x: [{ input_type: "guess", id: ID }] } }),
    ).toEqual(["task_inputs.x.0.input_type"]);
  });

  it("has at most 50 retry delays and no negative jitter", () => {
    const policy = (empirical_policy: object) => pathsOf(taskRunCreate, { ...keys, empirical_policy });
    expect(policy({ retry_delay: Array(50).fill(0.5) })).toEqual([]);
    expect(policy({ retry_delay: Array(51).fill(1) })).toEqual(["empirical_policy.retry_delay"]);
    expect(policy({ retry_jitter_factor: -0.1 })).toEqual(["empirical_policy.retry_jitter_factor"]);
  });

  it("has a cache key of at most 2000 characters", () => {
    expect(pathsOf(taskRunCreate, { ...keys, cache_key: "k".repeat(2000) })).toEqual([]);
    expect(pathsOf(taskRunCreate, { ...keys, cache_key: "k".repeat(2001) })).toEqual(["cache_key"]);
  });
});

test("a log line has a whole level and a moment", () => {
  const line = { name: "flow", level: 20, message: "hi", timestamp: "1970-01-01T00:00:00" };
  expect(logCreate.parse(line)).toEqual({ ...line, timestamp: 0, flow_run_id: null, task_run_id: null });
  expect(pathsOf(logCreate, { ...line, level: 20.5 })).toEqual(["level"]);
  expect(pathsOf(logCreate, { ...line, timestamp: "soon" })).toEqual(["timestamp"]);
});

function issuesOf(schema: z.ZodType, value: unknown) {
  return schema.safeParse(value).error?.issues ?? [];
}

function pathsOf(schema: z.ZodType, value: unknown): string[] {
  return issuesOf(schema, value).map(({ path }) => path.join("."));
}
