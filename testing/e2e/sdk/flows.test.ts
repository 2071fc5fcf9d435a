import {
  CancelledRun,
  Completed,
  ConcurrentTaskRunner,
  emitEvent,
  Failed,
  flow,
  FlowRunEndedError,
  getRunLogger,
  ParameterTypeError,
  pauseFlowRun,
  resumeFlowRun,
  runtime,
  tags,
  task,
} from "@sluice/sdk";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type SdkKit, setLogLevel, startSdkKit } from "./sdk-kit.ts";

let kit: SdkKit;
beforeAll(async () => {
  kit = await startSdkKit();
});
afterAll(() => kit.close());

const echo = task(async function echo<T>(value: T) {
  return value;
});
const makeNumber = task(async function makeNumber() {
  return { value: 4 };
});
const fail = task(async function fail(message: string): Promise<never> {
  throw new RangeError(message);
});

describe("a flow", () => {
  it("is a run with its name, parameters, tags, policy and states", async () => {
    const greetPeople = flow(async ({ name }: { name: string }) => `${name} ${runtime.flowRun.name}`, {
      name: "greet-people",
      flowRunName: "greet-{name}",
      retries: 2,
      retryDelaySeconds: 3,
      version: "9",
    });
    expect(await tags("t", () => greetPeople({ name: "ada" }))).toBe("ada greet-ada");
    const [run] = await kit.flowRunsOf("greet-people");
    expect(run).toMatchObject({
      name: "greet-ada",
      parameters: { name: "ada" },
      tags: ["t"],
      flow_version: "9",
      empirical_policy: { retries: 2, retry_delay: 3 },
      state_type: "COMPLETED",
      run_count: 1,
    });
    expect(await kit.flowRunHistory(run?.id ?? null)).toEqual(["Pending", "Running", "Completed"]);
  });

  it("is named after its function, its version after its file, its run after an animal", async () => {
    const animalFacts = flow(async function animalFacts() {
      return runtime.flowRun.id;
    });
    expect(animalFacts.name).toBe("animal-facts");
    expect(animalFacts.version).toMatch(/^[0-9a-f]{32}$/);
    const run = await kit.flowRun(await animalFacts());
    expect(run.name).toMatch(/^[a-z]+-[a-z]+/);
    expect(run.flow_version).toBe(animalFacts.version);
  });

  it("coerces its parameters and fills in defaults", async () => {
    const parameters = z.object({ count: z.coerce.number(), unit: z.string().default("kg") });
    const weigh = flow(
      async function weigh({ count, unit }) {
        return `${count + 1} ${unit}`;
      },
      { parameters },
    );
    expect(await weigh({ count: "4" })).toBe("5 kg");
    expect(weigh.parameterOpenapiSchema).toMatchObject({
      title: "Parameters",
      type: "object",
      properties: { unit: { title: "unit", type: "string", default: "kg", position: 1 } },
    });
  });

  it("fails before its function is called when parameters don't fit", async () => {
    const body = vi.fn<() => void>();
    const strict = flow(body, { name: "strict", parameters: z.object({ n: z.number() }) });
    const wrong = { n: "four" } as unknown as { n: number };
    await expect(strict(wrong)).rejects.toBeInstanceOf(ParameterTypeError);
    expect(body).not.toHaveBeenCalled();
    const [run] = await kit.flowRunsOf("strict");
    expect(await kit.flowRunHistory(run?.id ?? null)).toEqual(["Pending", "Failed"]);
    expect(run?.state).toMatchObject({
      message: expect.stringMatching(/^Validation of flow parameters failed with error: .* - n: /s),
    });
  });

  it("runs again when it fails, in the same run", async () => {
    const attempts: number[] = [];
    const flaky = flow(
      async function flaky() {
        attempts.push(runtime.flowRun.runCount);
        await echo(attempts.length);
        if (attempts.length < 3) throw new Error(`attempt ${attempts.length}`);
        return runtime.flowRun.id;
      },
      { retries: 2 },
    );
    const flowRunId = await flaky();
    expect(attempts).toEqual([1, 2, 3]);
    expect(await kit.flowRunHistory(flowRunId)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Running",
      "AwaitingRetry",
      "Running",
      "Completed",
    ]);
    const runs = await kit.taskRunsOf(flowRunId);
    expect(new Set(runs.map((run) => run.flow_run_run_count))).toEqual(new Set([1, 2, 3]));
  });

  it("fails with the error of its function", async () => {
    const broken = flow(async function broken() {
      throw new TypeError("wrong");
    });
    await expect(broken()).rejects.toThrow(new TypeError("wrong"));
    const [run] = await kit.flowRunsOf("broken");
    expect(run?.state).toMatchObject({
      type: "FAILED",
      message: "Flow run encountered an exception: TypeError: wrong",
    });
  });

  it("times out, and nothing starts on its behalf any more", async () => {
    let afterwards: unknown;
    const endless = flow(
      async function endless() {
        const { signal } = runtime;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        afterwards = await Promise.try(() => echo(1)).catch((error: unknown) => error);
      },
      { timeoutSeconds: 0.05 },
    );
    const state = await endless.returnState();
    expect(state.toString()).toBe("TimedOut('Flow run exceeded timeout of 0.05 second(s)', type=FAILED)");
    await vi.waitFor(() => expect(afterwards).toBeInstanceOf(FlowRunEndedError));
  });

  it("that fails tells what it has started to stop, and starts no more of it", async () => {
    const told: unknown[] = [];
    const stubborn = task(
      async (_index: number) => {
        const { signal } = runtime;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        told.push(signal.reason);
      },
      { name: "stubborn" },
    );
    const giving = flow(
      async function givingUp() {
        stubborn.map([1, 2]);
        await fail("enough");
      },
      { taskRunner: new ConcurrentTaskRunner({ maxConcurrency: 1 }) },
    );
    await expect(giving()).rejects.toThrow("enough");
    await vi.waitFor(() => expect(told).toMatchObject([{ name: "FlowRunEndedError" }]));
    const [run] = await kit.flowRunsOf("giving-up");
    const runs = await kit.taskRunsOf(run?.id ?? null);
    expect(new Set(runs.map((taskRun) => taskRun.state_type))).toEqual(
      new Set(["COMPLETED", "CANCELLED", "FAILED"]),
    );
  });

  it("starts without a run of what it waits for having failed", async () => {
    const body = vi.fn<() => void>();
    const waiting = flow(body, { name: "waiting" });
    const around = flow(async function around() {
      const state = await waiting.waitFor(fail("no")).returnState();
      expect(state).toMatchObject({ type: "PENDING", name: "NotReady" });
    });
    await around();
    expect(body).not.toHaveBeenCalled();
  });

  it("can be drawn without running", async () => {
    const touched = vi.fn<() => void>();
    const touch = task(async () => touched(), { name: "touch" });
    const load = task(async () => ({ rows: 3 }), { name: "load", vizReturnValue: { rows: 0 } });
    const inner = flow(async ({ rows }: { rows: number }) => rows, { name: "inner" });
    const drawn = flow(
      async ({ twice }: { twice: boolean }) => {
        const loaded = await load();
        if (loaded.rows > 1) await touch();
        await echo(loaded);
        if (twice) await echo(touch());
        await inner.waitFor(loaded)({ rows: loaded.rows });
      },
      { name: "drawn" },
    );
    expect(await drawn.visualize({ twice: true })).toBe(
      [
        "graph TD",
        '    n0["load-0"]',
        '    n1["echo-0"]',
        '    n2["touch-0"]',
        '    n3["echo-1"]',
        '    n4[["inner-0"]]',
        "    n0 --> n1",
        "    n2 --> n3",
        "    n0 --> n4",
        "",
      ].join("\n"),
    );
    expect(touched).not.toHaveBeenCalled();
    expect(await kit.flowRunsOf("drawn")).toEqual([]);
  });
});

describe("the value of a flow", () => {
  it("may be futures, of which the worst decides", async () => {
    const mixed = flow(async function mixed() {
      return [echo(1), fail("boom"), echo(3)];
    });
    const state = await mixed.returnState();
    expect(state).toMatchObject({ type: "FAILED", message: "1/3 states failed." });
    await expect(mixed()).rejects.toThrow(new RangeError("boom"));
  });

  it("may be futures, whose values the caller gets", async () => {
    const fine = flow(async function fine() {
      return [echo(1), echo("two")] as const;
    });
    expect(await fine()).toEqual([1, "two"]);
    expect(await fine.returnState()).toMatchObject({ message: "All states completed." });
  });

  it("may be a state of its own making", async () => {
    const skipping = flow(async () => Completed({ name: "Skipped", data: 8 }), { name: "skipping" });
    expect(await skipping()).toBe(8);
    expect((await kit.flowRunsOf("skipping"))[0]).toMatchObject({ state_name: "Skipped" });
    const refusing = flow(async () => Failed({ message: "not today" }), { name: "refusing" });
    await expect(refusing()).rejects.toThrow("not today");
  });

  it("is not spoilt by a failure that the flow doesn't return", async () => {
    const tolerant = flow(async function tolerant() {
      await fail("ignored").wait();
      return "fine";
    });
    expect(await tolerant()).toBe("fine");
  });
});

describe("a nested flow", () => {
  it("is a run of its own, linked to its parent by a task run", async () => {
    const child = flow(async ({ n }: { n: { value: number } }) => ({ doubled: n.value * 2 }), {
      name: "child",
    });
    const parent = flow(async function parent() {
      const n = makeNumber();
      const result = await child({ n });
      const after = echo(result);
      await after;
      return { id: runtime.flowRun.id, source: n.taskRunId, after: after.taskRunId };
    });
    const { id, source, after } = await parent();
    const [childRun] = await kit.flowRunsOf("child");
    const runs = await kit.taskRunsOf(id);
    const tracking = runs.find((run) => run.id === childRun?.parent_task_run_id);
    expect(tracking).toMatchObject({
      name: "child-0",
      dynamic_key: "0",
      state_type: "COMPLETED",
      task_inputs: { n: [{ input_type: "task_run", id: source }] },
      state: { state_details: { child_flow_run_id: childRun?.id } },
    });
    expect(childRun).toMatchObject({ parameters: { n: { value: 4 } }, state_type: "COMPLETED" });
    expect(runs.find((run) => run.id === after)?.task_inputs).toEqual({
      value: [{ input_type: "flow_run", id: childRun?.id }],
    });
  });

  it("is an upstream of what waits for it, though its run isn't known yet when that is called", async () => {
    const early = flow(async () => 1, { name: "early" });
    const late = flow(async function late() {
      const nested = early();
      const byValue = echo(nested);
      const byOrder = echo.waitFor(nested)(2);
      await Promise.all([byValue, byOrder]);
      return { nested: nested.flowRunId, byValue: byValue.taskRunId, byOrder: byOrder.taskRunId };
    });
    const { nested, byValue, byOrder } = await late();
    await kit.delivered();
    const edge = [{ input_type: "flow_run", id: nested }];
    expect((await kit.api("GET", `/task_runs/${byValue}`)).task_inputs).toEqual({ value: edge });
    expect((await kit.api("GET", `/task_runs/${byOrder}`)).task_inputs).toEqual({
      value: [],
      wait_for: edge,
    });
  });

  it("knows its place in the tree", async () => {
    const facts = () => ({ ...runtime.flowRun });
    const leaf = flow(async () => facts(), { name: "leaf" });
    const middle = flow(async () => ({ own: facts(), leaf: await leaf() }), { name: "middle" });
    const root = flow(async () => middle(), { name: "root" });
    const top = await root();
    const [middleRun] = await kit.flowRunsOf("middle");
    const [rootRun] = await kit.flowRunsOf("root");
    expect(top.leaf).toMatchObject({
      flowName: "leaf",
      parentFlowRunId: middleRun?.id,
      rootFlowRunId: rootRun?.id,
    });
  });

  it("is run anew when its parent runs again, under the same task run", async () => {
    let attempt = 0;
    const part = flow(async () => attempt, { name: "part" });
    const whole = flow(
      async () => {
        attempt += 1;
        await part();
        if (attempt < 2) throw new Error("once more");
        return runtime.flowRun.id;
      },
      { name: "whole", retries: 1 },
    );
    const id = await whole();
    const parts = await kit.flowRunsOf("part");
    expect(parts).toHaveLength(2);
    expect(new Set(parts.map((run) => run.parent_task_run_id)).size).toBe(1);
    expect(await kit.taskRunsOf(id)).toHaveLength(1);
  });

  it("may run beside others", async () => {
    const square = flow(async ({ n }: { n: number }) => n * n, { name: "square" });
    const all = flow(async function all() {
      return Promise.all([1, 2, 3].map((n) => square({ n })));
    });
    expect(await all()).toEqual([1, 4, 9]);
    const names = (await kit.flowRunsOf("square")).map((run) => run.parent_task_run_id);
    expect(new Set(names).size).toBe(3);
  });
});

describe("hooks", () => {
  it("are called with the flow or task, its run and its state", async () => {
    const calls: string[] = [];
    const hooked = task(async () => 1, {
      name: "hooked",
      onRunning: (_task, _run, state) => void calls.push(`task ${state.name}`),
      onCompletion: [(definition, run) => void calls.push(`${definition.name} done after ${run.runCount}`)],
    });
    const hookedFlow = flow(async () => hooked(), {
      name: "hooked-flow",
      onRunning: (definition, run) => void calls.push(`${definition.name} ${run.state.name}`),
      onFailure: () => void calls.push("never"),
    }).onCompletion(async (_flow, run, state) => {
      await Promise.resolve();
      calls.push(`${run.name === "" ? "?" : "run"} ${state.type}`);
      throw new Error("hooks may fail");
    });
    expect(await hookedFlow()).toBe(1);
    expect(calls).toEqual(["hooked-flow Running", "task Running", "hooked done after 1", "run COMPLETED"]);
  });
});

describe("logs", () => {
  beforeAll(() => setLogLevel("INFO"));
  afterAll(() => setLogLevel("CRITICAL"));

  it("hold what each of many concurrent runs printed", async () => {
    const shout = task(
      async (word: string) => {
        await new Promise((resolve) => setImmediate(resolve));
        console.log("shouting", word);
        return runtime.taskRun.id;
      },
      { name: "shout" },
    );
    const choir = flow(
      async ({ words }: { words: string[] }) => {
        console.warn("flow", words.length);
        getRunLogger().error("by logger %d", 7);
        return { run: runtime.flowRun.id, tasks: await Promise.all(words.map((word) => shout(word))) };
      },
      { name: "choir", logPrints: true },
    );
    const [a, b] = await Promise.all([choir({ words: ["x", "y"] }), choir({ words: ["z"] })]);
    const logs = await kit.logsOf(a.run);
    const of = (taskRunId: string | null) =>
      logs.filter((log) => log.task_run_id === taskRunId).map(({ level, message }) => `${level} ${message}`);
    expect(of(a.tasks[0] ?? null)).toEqual(["20 shouting x", "20 Finished in state Completed()"]);
    expect(of(a.tasks[1] ?? null)).toEqual(["20 shouting y", "20 Finished in state Completed()"]);
    expect(of(null)).toEqual([
      expect.stringMatching(/^20 Beginning flow run '.*' for flow 'choir'$/),
      "30 flow 2",
      "40 by logger 7",
      "20 Finished in state Completed()",
    ]);
    expect((await kit.logsOf(b.run)).map((log) => log.message)).toContain("shouting z");
  });
});

describe("events of user code", () => {
  it("name the run they came from", async () => {
    const emitting = flow(async function emitting() {
      const inTask = task(
        async () => {
          emitEvent({
            event: "order.shipped",
            resource: { "prefect.resource.id": "order.42" },
            payload: { user: "ada" },
          });
          return runtime.taskRun.id;
        },
        { name: "ship" },
      );
      return { task: await inTask(), flow: runtime.flowRun.id };
    });
    const ids = await emitting();
    const [event] = await kit.eventsOf("order.");
    expect(event).toMatchObject({
      payload: { user: "ada" },
      resource: { "prefect.resource.id": "order.42" },
    });
    const related = (event?.related ?? []) as Record<string, string>[];
    expect(related.map((labels) => labels["prefect.resource.id"])).toEqual(
      expect.arrayContaining([`prefect.flow-run.${ids.flow}`, `prefect.task-run.${ids.task}`]),
    );
  });
});

describe("a run that is touched from outside", () => {
  it("pauses until it is resumed", async () => {
    const pausing = flow(async function pausing() {
      await pauseFlowRun({ timeoutSeconds: 20, pollIntervalSeconds: 0.05 });
      return runtime.flowRun.id;
    });
    const future = pausing();
    const flowRunId = await future.created;
    await vi.waitFor(async () => {
      expect(await kit.flowRun(flowRunId)).toMatchObject({ state_name: "Paused" });
    });
    await resumeFlowRun(flowRunId ?? "");
    expect(await future).toBe(flowRunId);
    expect(await kit.flowRunHistory(flowRunId)).toEqual([
      "Pending",
      "Running",
      "Paused",
      "Running",
      "Completed",
    ]);
  });

  it("is cancelled when it is told to, with its hooks", async () => {
    const hook = vi.fn<() => void>();
    const cancelled = flow(
      async function cancelled() {
        const id = runtime.flowRun.id;
        await kit.api("POST", `/flow_runs/${id}/set_state`, { state: { type: "CANCELLING" } });
      },
      { onCancellation: hook },
    );
    await expect(cancelled()).rejects.toBeInstanceOf(CancelledRun);
    const [run] = await kit.flowRunsOf("cancelled");
    expect(run).toMatchObject({ state_type: "CANCELLED" });
    expect(hook).toHaveBeenCalledOnce();
  });
});
